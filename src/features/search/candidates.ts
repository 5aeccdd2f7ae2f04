import type { Sql, Storage } from '../../storage/storage.ts'
import type { Spot } from './cursor.ts'
import type { Wanted } from './wanted.ts'

export type Candidates = { spots: Spot[]; isLast: boolean }

/** The newest rows that are looked at before the index is; and more of them for a word that is common there. */
const windowRows = 600
const widerRows = 6000
/** Words that so many of the first rows have are in so many messages that the index would be slower than reading backwards. */
const commonRows = 3
/** In more rooms than this, a common word is looked for with the index. */
const mostRoomsBackwards = 2000
/** Of Postgres: one search may not keep a connection busy. */
const statementMs = 1500

type Row = { room: number; seq: number; at: number }

/**
 * The next messages in the order of results that may be what is wanted; their texts decide. A word that many messages have is found among
 * the newest ones, any other with the index: so neither reads much.
 */
export async function findCandidates(
  storage: Storage,
  wanted: Wanted,
  after: Spot,
  { most, least }: { most: number; least: number },
): Promise<Candidates> {
  return withinTime(storage, async (sql) => {
    const statement = statementFor(wanted, after)
    const rooms = [...wanted.rooms.keys()]
    const [single] = rooms.length === 1 ? rooms : []
    let isCommon = false
    for (const limit of [windowRows, widerRows]) {
      const page = await readWindow(sql, statement, single, { limit, most })
      if (page.rows < limit) return { spots: page.mine, isLast: page.mine.length < most }
      if (page.mine.length >= least) return { spots: page.mine, isLast: false }
      isCommon = page.hits >= commonRows && rooms.length <= mostRoomsBackwards
      if (!isCommon) break
    }
    const found = isCommon ? await readBackwards(sql, statement, most) : await readIndex(sql, statement, most)
    return { spots: found, isLast: found.length < most }
  })
}

async function withinTime<Result>(storage: Storage, read: (sql: Sql) => Promise<Result>): Promise<Result> {
  if (storage.kind === 'embedded') return read(storage)
  return storage.transaction(async (sql) => {
    await sql.query(`select set_config('statement_timeout', $1, true)`, [String(statementMs)])
    return read(sql)
  })
}

type Statement = { has: string; inRange: string; params: unknown[] }

/** Times are rounded to milliseconds where they are stored. */
const asMs = `(extract(epoch from at) * 1000)::bigint`

function statementFor({ groups, rooms, before, after }: Wanted, spot: Spot): Statement {
  const single = groups.filter((terms) => terms.length === 1).flat()
  const several = groups.filter((terms) => terms.length > 1)
  const params: unknown[] = [
    new Date(spot.at),
    spot.roomKey,
    spot.seq,
    before ?? new Date(Date.UTC(9999, 0)),
    after ?? new Date(0),
    [...rooms.keys()],
    single,
    ...several,
  ]
  return {
    has: ['terms @> $7::int[]', ...several.map((_, index) => `terms && $${index + 8}::int[]`)].join(' and '),
    inRange: `at <= $1::timestamptz and at < $4::timestamptz and at >= $5::timestamptz
      and (at, room_key, seq) < ($1::timestamptz, $2::int, $3::bigint)`,
    params,
  }
}

const newest = 'order by at desc, room_key desc, seq desc'

/** Of the newest rows those that fit: in one room if it is only one, otherwise in all, of which not all may be read. */
async function readWindow(
  { query }: Sql,
  { has, inRange, params }: Statement,
  room: number | undefined,
  { limit, most }: { limit: number; most: number },
): Promise<{ rows: number; hits: number; mine: Spot[] }> {
  const one = room !== undefined
  const next = params.length + 1
  const [found] = await query<{ rows: number; hits: number; mine: [number, number, number][] | null }>(
    `with page as materialized (
       select room_key, seq, at, (${has}) as fits from search_words
       where ${inRange} ${one ? `and room_key = ($6::int[])[1] order by seq desc` : newest} limit ${limit}
     ), mine as (
       select room_key, seq, at from page where fits ${one ? '' : 'and room_key = any($6::int[])'} ${newest} limit $${next}
     )
     select (select count(*) from page)::int as rows, (select count(*) from page where fits)::int as hits,
            (select json_agg(json_build_array(room_key, seq, ${asMs}) ${newest}) from mine) as mine`,
    [...params, most],
  )
  const { rows, hits, mine } = found!
  return { rows, hits, mine: (mine ?? []).map(([roomKey, seq, at]) => ({ roomKey, seq, at })) }
}

const spotsOf = (rows: Row[]): Spot[] => rows.map(({ room, seq, at }) => ({ roomKey: room, seq, at }))

async function readIndex({ query }: Sql, { has, inRange, params }: Statement, most: number): Promise<Spot[]> {
  const rows = await query<Row>(
    `with found as materialized (
       select room_key, seq, at from search_words where ${has} and ${inRange} and room_key = any($6::int[])
     )
     select room_key as room, seq, ${asMs} as at from found ${newest} limit $${params.length + 1}`,
    [...params, most],
  )
  return spotsOf(rows)
}

/** `offset 0` keeps the condition out of the inner query, where Postgres may use the index for it. */
async function readBackwards(
  { query }: Sql,
  { has, inRange, params }: Statement,
  most: number,
): Promise<Spot[]> {
  const limit = `$${params.length + 1}`
  const rows = await query<Row>(
    `select found.room_key as room, found.seq, ${asMs} as at
     from unnest($6::int[]) as own (key) cross join lateral (
       select room_key, seq, at from (
         select room_key, seq, at, terms from search_words where room_key = own.key and ${inRange} order by seq desc offset 0
       ) as each where ${has} limit ${limit}
     ) as found ${newest} limit ${limit}`,
    [...params, most],
  )
  return spotsOf(rows)
}
