import { and, inArray, isNull, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { rooms } from '../../storage/tables/rooms.ts'
import type { Facts } from './facts.ts'
import { headOf } from './head.ts'

/** The position of an entry among all logs, for walks over them. */
export type Place = { roomKey: number; seq: number }

export type Sealed = Facts & { body: string | null }

/**
 * The position from which a walk continues after `last`. Entries written after the walk began are skipped: otherwise it
 * would never end where people write without a pause.
 */
export const placeAfter = (last: Place, tops: ReadonlyMap<number, number>): Place =>
  last.seq > (tops.get(last.roomKey) ?? 0) ? { ...last, seq: Number.MAX_SAFE_INTEGER } : last

/**
 * Those of the next `limit` entries of all logs whose text does not begin with `header`, and always the last entry, from
 * which the walk continues. The limit counts entries and not finds: a statement that searched until it had found enough
 * would read a whole community when there is little left to find.
 */
export async function readOthers(
  { query }: Sql,
  header: string,
  after: Place,
  limit: number,
): Promise<Sealed[]> {
  return query<Sealed>(
    `with page as materialized (
       select room_key, seq, kind, actor_id, at, target, reply_to, client_id, detail, body from log
       where (room_key, seq) > ($1::int, $2::bigint) order by room_key, seq limit $3
     )
     select room_key as "roomKey", seq, kind, actor_id as "actorId", at, target, reply_to as "replyTo",
            client_id as "clientId", detail,
            case when starts_with(body, $4) then null else body end as body
     from page where not starts_with(body, $4)
       or (room_key, seq) = (select room_key, seq from page order by room_key desc, seq desc limit 1)
     order by room_key, seq`,
    [after.roomKey, after.seq, limit, header],
  )
}

export type Exchange = Place & { body: string; fresh: string }

/**
 * Replaces each body only if it is still the one that was read: what was deleted or erased in between stays so. Skips
 * locked entries, so that no one waits. Returns how many it has replaced.
 */
export async function exchangeBodies({ query }: Sql, exchanges: Exchange[]): Promise<number> {
  const done = await query(
    `with held as (
       select log.room_key, log.seq, change.body, change.fresh
       from unnest($1::int[], $2::bigint[], $3::text[], $4::text[]) as change (room_key, seq, body, fresh)
       join log on log.room_key = change.room_key and log.seq = change.seq and log.body = change.body
       for update of log skip locked
     )
     update log set body = held.fresh from held
     where log.room_key = held.room_key and log.seq = held.seq and log.body = held.body
     returning 1`,
    [
      exchanges.map(({ roomKey }) => roomKey),
      exchanges.map(({ seq }) => seq),
      exchanges.map(({ body }) => body),
      exchanges.map(({ fresh }) => fresh),
    ],
  )
  return done.length
}

const countedAtOnce = 1_000

/** How many texts each key has sealed, by the id of the key; under '' those of an unknown form. */
export async function countSealed(sql: Sql, signal?: AbortSignal): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const tops = await readTops(sql)
  for (let after: Place | undefined = { roomKey: 0, seq: 0 }; after; ) {
    signal?.throwIfAborted()
    // An id has at most 32 characters. Reading no more spares Postgres the long bodies, which it stores elsewhere.
    const found: { id: string; count: number; last: [number, number] }[] = await sql.query(
      `with page as materialized (
         select room_key, seq, left(body, 35) as head from log
         where (room_key, seq) > ($1::int, $2::bigint) order by room_key, seq limit $3
       )
       select case when head like '1.%.%' or head like '2.%.%' then split_part(head, '.', 2) else '' end as id, count(head)::int as count,
              (select array[room_key, seq] from page order by room_key desc, seq desc limit 1) as last
       from page group by 1`,
      [after.roomKey, after.seq, countedAtOnce],
    )
    for (const { id, count } of found) if (count > 0) counts.set(id, (counts.get(id) ?? 0) + count)
    const last = found[0]?.last
    after = last && placeAfter({ roomKey: last[0], seq: last[1] }, tops)
  }
  return counts
}

/** The head of every log, by the key of its room. */
export async function readTops({ db }: Sql): Promise<Map<number, number>> {
  const top = sql`${headOf({ db }, rooms.key)}`.mapWith(Number)
  const tops = await db.select({ key: rooms.key, top }).from(rooms)
  return new Map(tops.map(({ key, top }) => [key, top]))
}

/** The ids of rooms by their keys; one that was deleted has none. */
export async function nameRooms({ db }: Sql, keys: number[]): Promise<Map<number, string>> {
  const named = await db
    .select({ key: rooms.key, id: rooms.id })
    .from(rooms)
    .where(and(inArray(rooms.key, keys), isNull(rooms.deletedAt)))
  return new Map(named.map(({ key, id }) => [key, id]))
}
