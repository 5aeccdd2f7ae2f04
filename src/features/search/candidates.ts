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
/** Of Postgres: one search may not keep a connection busy. */
const statementMs = 1500

/*
 * What a way costs, as the number of newest rows that could be looked at in the time (about a microsecond each).
 */
/** A row that the index has found, or the next one of a room: it is somewhere in the table. */
const perScattered = 4
/** To look for the terms in the index, before the first row. */
const indexStart = 2000
/** To begin with another room. */
const perRoom = 10

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
): Promise<Candidates> {
  return withSettings(storage, async (sql) => {
    const rooms = [...wanted.rooms.keys()]
    const [single] = rooms.length === 1 ? rooms : []
    const spots: Spot[] = []
    const seen: Seen = { rows: 0, hits: 0, found: 0 }
    let from = after
    let sizes: Sizes | undefined
    let common: boolean[] = []
    for (let limit = firstRows; ; ) {
      const window = await readWindow(sql, statementFor(wanted, from), single, {
        limit,
        most: most - spots.length,
        eachGroup: seen.rows === 0,
      })
      spots.push(...window.spots)
      if (window.rows < limit) return { spots, isLast: spots.length < most }
      if (spots.length >= least) return { spots, isLast: false }
      if (seen.rows === 0) common = commonOf(window)
      seen.rows += window.rows
      seen.hits += window.hits
      seen.found = spots.length
      from = window.end!
      sizes ??= await countMessages(sql, rooms)
      const way = nextWay(seen, { ...sizes, rooms: rooms.length, least })
      if (typeof way === 'number') {
        limit = way
        continue
      }
      const rest = statementFor(wanted, from)
      const missing = most - spots.length
      spots.push(
        ...(way === 'index'
          ? await readIndex(sql, rest, missing, common)
          : await readRooms(sql, rest, missing)),
      )
      return { spots, isLast: spots.length < most }
    }
  })
}

/** The groups that so many rows have that the index is no help, unless all are such. */
function commonOf({ rows, each }: { rows: number; each: number[] }): boolean[] {
  const common = each.map((hits) => hits * commonShare >= rows)
  return common.includes(false) ? common : []
}

/** `hits`: rows with the terms, of whatever room; `found`: those of the own rooms. */
export type Seen = { rows: number; hits: number; found: number }
/** Messages, at most: in all rooms, and in the own ones. */
export type Sizes = { all: number; own: number }

/** The shortest way to the rest: so many of the next rows, the index, or everything in the own rooms. */
export function nextWay(
  { rows, hits, found }: Seen,
  { all, own, rooms, least }: Sizes & { rooms: number; least: number },
): number | 'index' | 'rooms' {
  // As if the next row were one: of none among few, nothing follows.
  const byIndex = indexStart + (perScattered * all * (hits + 1)) / rows
  const byRooms = perScattered * own + perRoom * rooms
  const onwards = found === 0 ? Number.POSITIVE_INFINITY : (1.5 * rows * (least - found)) / found
  const other = Math.min(byIndex, byRooms)
  const look = growth * rows
  // To know better costs less than what it may spare.
  const isWorth = rows < sampleRows && look <= other
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
