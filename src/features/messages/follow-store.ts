import type { Sql } from '../../storage/storage.ts'

/** A thread, by the message that it begins with. */
export type ThreadPlace = { room: number; seq: number }

export async function isFollowing(
  { query }: Sql,
  { room, seq }: ThreadPlace,
  user: string,
): Promise<boolean> {
  const found = await query(
    'select 1 from thread_follows where room_key = $1 and seq = $2 and user_id = $3 and following',
    [room, seq, user],
  )
  return found.length === 1
}

/** The ids of members who follow a thread, up to `limit`, without the author of a reply and those who have blocked them. */
export async function listFollowers(
  { query }: Sql,
  { room, seq }: ThreadPlace,
  author: string,
  limit: number,
): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `select follows.user_id as id from thread_follows as follows
     join members on members.room_key = follows.room_key and members.user_id = follows.user_id
     join rooms on rooms.key = follows.room_key
     join users on users.id = follows.user_id
     where follows.room_key = $1 and follows.seq = $2 and follows.following and follows.user_id <> $3::uuid
       and (rooms.access <> 'admins' or users.role = 'admin')
       and not exists (select 1 from blocks where blocks.user_id = follows.user_id and blocked_id = $3::uuid)
     order by follows.user_id limit $4`,
    [room, seq, author, limit],
  )
  return rows.map(({ id }) => id)
}
