import type { Sql } from '../../storage/storage.ts'
import type { Spot } from './cursor.ts'
import type { Wanted } from './wanted.ts'

/** `groups`: a condition for each group of terms. `upTo` follows from `inRange`, and lets an index of times begin there. */
export type Statement = { groups: string[]; upTo: string; inRange: string; params: unknown[] }

/** Times are rounded to milliseconds where they are stored. */
const asMs = `(extract(epoch from at) * 1000)::bigint`
const newest = 'order by at desc, room_key desc, seq desc'

/** The conditions of a search that goes on behind a spot. */
export function statementFor({ groups, rooms, before, after }: Wanted, spot: Spot): Statement {
  const params: unknown[] = [
    new Date(spot.at),
    spot.roomKey,
    spot.seq,
    before ?? new Date(Date.UTC(9999, 0)),
    after ?? new Date(0),
    [...rooms.keys()],
    ...groups,
  ]
  return {
    groups: groups.map((_, index) => `terms && $${index + 7}::int[]`),
    upTo: 'at <= $1::timestamptz',
    inRange: `at < $4::timestamptz and at >= $5::timestamptz
      and (at, room_key, seq) < ($1::timestamptz, $2::int, $3::bigint)`,
    params,
  }
}

const all = (conditions: string[]): string => conditions.join(' and ') || 'true'

/**
 * `rows` were read, of which `hits` have the terms, `each` those of each group, and `spots` are those of the own rooms; `newest` is the time of the first row, `end` the last row.
 */
type Window = {
  rows: number
  hits: number
  each: number[]
  spots: Spot[]
  newest: number | undefined
  end: Spot | undefined
}
type Triple = [roomKey: number, seq: number, at: number]

/** In a room, times rise with `seq`: so a later page begins where the one before has ended, and not at the newest message. */
const inRoom = `room_key = ($6::int[])[1]
  and seq < case when $2::int = ($6::int[])[1] then $3::bigint else ${Number.MAX_SAFE_INTEGER} end order by seq desc`

/** Those of the newest rows that fit: in one room if it is only one, otherwise in all, of which not all may be read. */
export async function readWindow(
  { query }: Sql,
  { groups, upTo, inRange, params }: Statement,
  room: number | undefined,
  { limit, most, eachGroup }: { limit: number; most: number; eachGroup: boolean },
): Promise<Window> {
  const one = room !== undefined
  const next = params.length + 1
  const counted = eachGroup ? groups : []
  const counts = counted.map((_, n) => `count(*) filter (where has${n})`)
  const countEach = counted.length > 0 ? `(select json_build_array(${counts}) from page)` : `'[]'::json`
  const [found] = await query<Omit<Window, 'spots' | 'end'> & { mine: Triple[] | null; end: Triple | null }>(
    `with page as materialized (
       select room_key, seq, at, (${all(groups)}) as fits${counted.map((has, n) => `, (${has}) as has${n}`).join('')}
       from search_words
       where ${upTo} and ${inRange} ${one ? `and ${inRoom}` : newest} limit $${next}
     ), mine as (
       select room_key, seq, at from page where fits ${one ? '' : 'and room_key = any($6::int[])'} ${newest} limit $${next + 1}
     )
     select (select count(*) from page)::int as rows, (select count(*) from page where fits)::int as hits,
            ${countEach} as each,
            (select json_agg(json_build_array(room_key, seq, ${asMs}) ${newest}) from mine) as mine,
            (select (extract(epoch from max(at)) * 1000)::bigint from page) as newest,
            (select json_build_array(room_key, seq, ${asMs}) from page order by at, room_key, seq limit 1) as end`,
    [...params, limit, most],
  )
  const { mine, end, ...seen } = found!
  return { ...seen, spots: (mine ?? []).map(spotOf), end: end ? spotOf(end) : undefined }
}

const spotOf = ([roomKey, seq, at]: Triple): Spot => ({ roomKey, seq, at })

/**
 * How many messages there are in all rooms, and in these: at most, because a log also has other entries. The planner's count of rows may be of long ago.
 */
export async function countMessages({ query }: Sql, rooms: number[]): Promise<{ all: number; own: number }> {
  const [row] = await query<{ all: number; own: number }>(
    `select coalesce(sum(seq), 0)::bigint as all, coalesce(sum(seq) filter (where room_key = any($1::int[])), 0)::bigint as own
     from search_positions`,
    [rooms],
  )
  return row!
}

type Row = { room: number; seq: number; at: number }

const spotsOf = (rows: Row[]): Spot[] => rows.map(({ room, seq, at }) => ({ roomKey: room, seq, at }))

/**
 * The rooms are left out of the inner query, where Postgres might look through all of each instead. `common`: groups that are looked for in the
 * rows that the index has found, which takes less time than to read millions of places from it. `slice`: the range is a short one, in which
 * Postgres also looks for the pages of the time, and reads all of what is on them.
 */
export async function readIndex(
  { query }: Sql,
  { groups, upTo, inRange, params }: Statement,
  most: number,
  { common, slice }: { common: boolean[]; slice: boolean },
): Promise<Spot[]> {
  const rare = groups.map((has, n) => (common[n] ? `(${has}) is true` : has))
  const rows = await query<Row>(
    `with found as materialized (select room_key, seq, at from search_words where ${all([...rare, ...(slice ? [upTo] : []), inRange])})
     select room_key as room, seq, ${asMs} as at from found where room_key = any($6::int[]) ${newest} limit $${params.length + 1}`,
    [...params, most],
  )
  return spotsOf(rows)
}

/** Everything in the own rooms. `offset 0` keeps the condition out of the inner query, where Postgres may use the index for it. */
export async function readRooms(
  { query }: Sql,
  { groups, upTo, inRange, params }: Statement,
  most: number,
): Promise<Spot[]> {
  const limit = `$${params.length + 1}`
  const rows = await query<Row>(
    `select found.room_key as room, found.seq, ${asMs} as at
     from unnest($6::int[]) as own (key) cross join lateral (
       select room_key, seq, at from (
         select room_key, seq, at, terms from search_words where room_key = own.key and ${upTo} and ${inRange} order by seq desc offset 0
       ) as each where ${all(groups)} limit ${limit}
     ) as found ${newest} limit ${limit}`,
    [...params, most],
  )
  return spotsOf(rows)
}
