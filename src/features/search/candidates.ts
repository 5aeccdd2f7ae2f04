import type { Sql, Storage } from '../../storage/storage.ts'
import { countMessages, readIndex, readRooms, readWindow, statementFor } from './candidate-store.ts'
import type { Spot } from './cursor.ts'
import type { Wanted } from './wanted.ts'

export type Candidates = { spots: Spot[]; isLast: boolean }

/** The newest rows that are looked at in any case: enough for words that many messages have. */
const firstRows = 600
/** The next look is at most so many times as long as all before. */
const growth = 9
/** After so many rows, the share of those that fit is known well enough. */
const sampleRows = 2000
/** A group of terms that one of so many messages has is common. */
const commonShare = 3
/** The limit of Postgres for a statement: one search may not keep a connection busy. */
const statementMs = 1500

/*
 * What a way costs, as the number of newest rows that could be looked at in the time (about two microseconds each, measured among 10,000,000
 * messages).
 */
/** A row that the index has found: it is somewhere in the table. */
const perScattered = 20
/** The next row of a room: some are on one page. */
const perNext = 10
/** To begin with another room. */
const perRoom = 10
/** To look for the terms in the index, before the first row; */
const indexStart = 2000
/** and for each message with the rarest of them. */
const perPlace = 1 / 10
/** A slice of the index has what is missing so many times, if the rest is like the newest rows. */
const sliceMargin = 3
const sliceGrowth = 10
/** So many are read at once. */
const fewHits = 500

/**
 * The next messages in the order of results that may be what is wanted; their texts decide. Words that many messages have are found among the
 * newest rows, rare ones with the index, and for people in few small rooms it is quicker to look at all that was said there. How many rows fit
 * among the newest says which of these ways is short.
 */
export async function findCandidates(
  storage: Storage,
  wanted: Wanted,
  after: Spot,
  { most, least }: { most: number; least: number },
  known: Known = nothingKnown(),
): Promise<Candidates> {
  return withSettings(storage, async (sql) => {
    const rooms = [...wanted.rooms.keys()]
    const [single] = rooms.length === 1 ? rooms : []
    const { seen } = known
    const isFirst = seen.rows === 0
    const spots: Spot[] = []
    let from = after
    const wayOn = async (): Promise<Way> => {
      known.sizes ??= await countMessages(sql, rooms)
      const { sizes, rarest } = known
      return nextWay(seen, { ...sizes, rarest, rooms: rooms.length, missing: least - spots.length })
    }
    let way = isFirst ? firstRows : await wayOn()
    while (typeof way === 'number') {
      const limit = way
      const window = await readWindow(sql, statementFor(wanted, from), single, {
        limit,
        most: most - spots.length,
        eachGroup: seen.rows === 0,
      })
      spots.push(...window.spots)
      if (window.rows < limit) return { spots, isLast: spots.length < most }
      if (seen.rows === 0) Object.assign(known, groupsIn(window))
      seen.rows += window.rows
      seen.hits += window.hits
      seen.found += window.spots.length
      known.newest ??= window.newest!
      from = window.end!
      if (isFirst) known.msPerRow = (known.newest - from.at) / seen.rows
      if (spots.length >= least) return { spots, isLast: false }
      way = await wayOn()
    }
    if (way === 'rooms') {
      spots.push(...(await readRooms(sql, statementFor(wanted, from), most - spots.length)))
      return { spots, isLast: spots.length < most }
    }
    const { all, own } = known.sizes!
    const population = single === undefined ? all : own
    const isFew = (all * (seen.hits + 1)) / seen.rows <= fewHits
    const rows = isFew ? population : sliceOf(seen, least - spots.length)
    return readSlices(sql, wanted, { spots, from, known }, { rows, population }, { most, least })
  })
}

/**
 * What the index has, in slices of time: it gives the places of words in no order, and to read all of them for the newest few would take
 * most of the time.
 */
export async function readSlices(
  sql: Sql,
  wanted: Wanted,
  { spots, from, known }: { spots: Spot[]; from: Spot; known: Known },
  { rows, population }: { rows: number; population: number },
  { most, least }: { most: number; least: number },
): Promise<Candidates> {
  const { seen, common, msPerRow } = known
  const oldest = wanted.after?.getTime() ?? 0
  let end = from
  for (let [slice, before] = [rows, 0]; ; [slice, before] = [slice * sliceGrowth, slice]) {
    const since = from.at - Math.ceil(slice * msPerRow)
    const isRest = slice * 2 >= population || since <= oldest
    const part = isRest ? wanted : { ...wanted, after: new Date(since) }
    const found = await readIndex(sql, statementFor(part, end), most - spots.length, {
      common,
      slice: !isRest,
    })
    spots.push(...found)
    if (isRest) return { spots, isLast: spots.length < most }
    if (spots.length < most) {
      // As many hits in other rooms for each in the own ones as before.
      seen.hits += Math.round((found.length * (seen.hits + 1)) / (seen.found + 1))
      seen.found += found.length
      seen.rows += slice - before
    }
    if (spots.length >= least) return { spots, isLast: false }
    end = { at: since, roomKey: 0, seq: 0 }
  }
}

/** `common`: the groups that so many rows have that the index is no help, unless all are such; `rarest`: the share of rows with the rarest. */
function groupsIn({ rows, each }: { rows: number; each: number[] }): Pick<Known, 'common' | 'rarest'> {
  const common = each.map((hits) => hits * commonShare >= rows)
  return { common: common.includes(false) ? common : [], rarest: (Math.min(rows, ...each) + 1) / rows }
}

/** `hits`: rows with the terms, of whatever room; `found`: those of the own rooms. */
export type Seen = { rows: number; hits: number; found: number }
/** Messages, at most: in all rooms, and in the own ones. */
export type Sizes = { all: number; own: number }

/**
 * What a search has learnt: the look for its next candidates goes on from it. `common` and `rarest`: as in `groupsIn`; `newest`: where
 * it began.
 */
export type Known = {
  seen: Seen
  common: boolean[]
  rarest: number
  msPerRow: number
  newest?: number
  sizes?: Sizes
}

export const nothingKnown = (): Known => ({
  seen: { rows: 0, hits: 0, found: 0 },
  common: [],
  rarest: 1,
  msPerRow: 0,
})

/** The rows in which what is missing is likely to be. Of which there was none, there may be few. */
const sliceOf = ({ rows, found }: Seen, missing: number): number =>
  Math.ceil((sliceMargin * missing * rows * (found === 0 ? sliceGrowth : 1)) / (found + 1))

type Way = number | 'index' | 'rooms'

/** The shortest way to the rest: so many of the next rows, the index, or everything in the own rooms. */
export function nextWay(
  { rows, hits, found }: Seen,
  { all, own, rarest, rooms, missing }: Sizes & { rarest: number; rooms: number; missing: number },
): Way {
  const population = Math.max(1, rooms === 1 ? own : all)
  const slice = Math.min(population, sliceOf({ rows, hits, found }, missing))
  // As if the next row were one: of none among few, nothing follows.
  const read = (((slice * (hits + 1)) / rows) * all) / population
  const byIndex = indexStart + perPlace * rarest * all + perScattered * read
  const byRooms = perNext * own + perRoom * rooms
  const onwards = found === 0 ? Number.POSITIVE_INFINITY : (1.5 * rows * missing) / found
  const other = Math.min(byIndex, byRooms)
  const look = growth * rows
  // To know better costs less than what it may spare; where there was none, most of the time only the index has some.
  const isWorth = hits > 0 && rows < sampleRows && look <= other
  if (onwards <= other || isWorth) return Math.ceil(Math.max(firstRows, Math.min(onwards, look)))
  return byIndex <= byRooms ? 'index' : 'rooms'
}

/**
 * In a transaction with settings of its own. A plan for any parameters would not know how rare the terms are, and Postgres may compile a plan
 * for longer than it runs.
 */
async function withSettings<Result>(storage: Storage, read: (sql: Sql) => Promise<Result>): Promise<Result> {
  const settings: Record<string, string> = {
    plan_cache_mode: 'force_custom_plan',
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    ...(storage.kind === 'postgres' ? { statement_timeout: String(statementMs) } : {}),
  }
  const names = Object.keys(settings)
  return storage.transaction(async (sql) => {
    await sql.query(
      `select ${names.map((name, index) => `set_config('${name}', $${index + 1}, true)`).join(', ')}`,
      Object.values(settings),
    )
    return read(sql)
  })
}
