import type { RoomFactsQuery } from '../../protocol/room-facts.ts'
import type { Sql } from '../../storage/storage.ts'
import { lastUse, type RoomRow } from './store.ts'

export type RoomFactsRow = Pick<
  RoomRow,
  'id' | 'title' | 'avatar' | 'access' | 'createdAt' | 'archivedAt'
> & {
  /** Microseconds since 1970 of the last event, which rooms are sorted by. */
  lastAt: number
  members: number
  owners: string[]
  head: number
  fileBytes: number
}

type Filter = Pick<RoomFactsQuery, 'access' | 'state'> & { q: string }
type Range = { oldest: boolean; after?: { lastAt: number; id: string } | undefined; limit: number }

/** `$1` to `$3`. Direct rooms are never among them. */
const found = `rooms.deleted_at is null and rooms.access <> 'direct'
  and ($1::text = '' or rooms.title ilike $1 or rooms.id ilike $1)
  and ($2::text is null or rooms.access = $2)
  and ($3::bool is null or (rooms.archived_at is not null) = $3)`

const valuesOf = ({ q, access, state }: Filter) => [
  q === '' ? '' : `%${q.replace(/[\\%_]/g, '\\$&')}%`,
  access ?? null,
  state === undefined ? null : state === 'archived',
]

/** What is counted is counted for the rooms of the page only. */
export async function listFactRows(
  { query }: Sql,
  filter: Filter,
  { oldest, after, limit }: Range,
): Promise<RoomFactsRow[]> {
  const direction = oldest ? '' : '-'
  return query<RoomFactsRow>(
    `with page as materialized (
       select rooms.*, last.at as last_at from rooms cross join lateral ${lastUse}
       where ${found} and ($4::bigint is null or (${direction}last.at, rooms.id) > ($4::bigint, $5::text))
       order by ${direction}last.at, rooms.id limit $6
     )
     select id, title, avatar, access, created_at as "createdAt", archived_at as "archivedAt", last_at as "lastAt",
            (select count(*) from members where room_key = page.key and (page.access <> 'admins' or exists (
               select 1 from users where users.id = members.user_id and users.role = 'admin'
             )))::int as members,
            array(select user_id from members where room_key = page.key and members.role = 'owner'
                  and (page.access <> 'admins' or exists (
                    select 1 from users where users.id = members.user_id and users.role = 'admin'
                  )) order by joined_at, user_id limit 3) as owners,
            coalesce((select max(seq) from log where room_key = page.key), 0)::bigint as head,
            coalesce((select sum(bytes) from files
                      where room_key = page.key and seq is not null and state = 'ready'), 0)::bigint as "fileBytes"
     from page order by ${direction}last_at, id`,
    [...valuesOf(filter), after ? (oldest ? 1 : -1) * after.lastAt : null, after?.id ?? null, limit],
  )
}

export async function countRooms(
  { query }: Sql,
  filter: Filter,
): Promise<{ total: number; directs: number }> {
  const [row] = await query<{ total: number; directs: number }>(
    `select (select count(*) from rooms where ${found})::int as total,
            (select count(*) from rooms where deleted_at is null and access = 'direct')::int as directs`,
    valuesOf(filter),
  )
  return row!
}
