import type { Sql } from '../../storage/storage.ts'

/** Moves a read mark forwards; undefined when it stands there or further already. */
export async function moveReadMark({ query }: Sql, room: number, user: string, seq: number) {
  const [moved] = await query<{ readSeq: number; unread: number }>(
    `update members set read_seq = least($3::bigint, (select coalesce(max(seq), 0) from log where room_key = $1))
     where room_key = $1 and user_id = $2
       and read_seq < least($3::bigint, (select coalesce(max(seq), 0) from log where room_key = $1))
     returning read_seq as "readSeq", (
       select count(*)::int from log where room_key = $1 and seq > members.read_seq and kind = 1
         and actor_id <> $2 and deleted_at is null
     ) as unread`,
    [room, user, seq],
  )
  return moved
}
