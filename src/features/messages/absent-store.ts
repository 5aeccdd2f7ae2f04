import type { Sql } from '../../storage/storage.ts'
import { notBanned } from '../auth/bans.ts'
import type { KnownRoom } from '../rooms/known.ts'

type Wanted = {
  room: Pick<KnownRoom, 'key' | 'access'>
  author: string
  names: readonly string[]
  now: Date
  limit: number
}

/** Those of these names that are people who could be in the room and are not, in the order of the names. */
export async function findAbsentIds(
  { query }: Sql,
  { room, author, names, now, limit }: Wanted,
): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `select users.id from users
     where username = any($1::text[]) and users.id <> $2::uuid and not bot and deleted_at is null and ${notBanned('users', '$3')}
       and ($4::text <> 'admins' or role = 'admin')
       and not exists (select 1 from members where room_key = $5 and user_id = users.id)
       and not exists (select 1 from blocks where user_id = $2::uuid and blocked_id = users.id)
     order by array_position($1::text[], username::text) limit $6`,
    [names, author, now, room.access, room.key, limit],
  )
  return rows.map(({ id }) => id)
}
