import { describe, expect, test } from 'bun:test'
import { findCandidates, nextWay, nothingKnown, readSlices } from '../../src/features/search/candidates.ts'
import { startSpot } from '../../src/features/search/cursor.ts'
import type { Wanted } from '../../src/features/search/wanted.ts'
import { migrate } from '../../src/storage/migrate.ts'
import type { Sql, Storage } from '../../src/storage/storage.ts'
import { databases } from '../storage/databases.ts'

/*
 * How many rows a search reads, as Postgres counts them, whatever plan it took: words of a middling frequency were looked for backwards through each of
 * 1,000 rooms, which read nearly all of 3,000,000 messages (1 to 2 s).
 */

const messages = 30_000
const rooms = 30
/** A word of a room with few messages. */
const small = rooms + 1
const inSmall = 40

/** The terms of a message: each of these is in every n-th. */
const periods = [2, 3, 7, 150, 311, 1009, 5003]
const nowhere = 999_983

const open = await databases()
for (const storage of open) await fill(storage)

async function fill(storage: Storage): Promise<void> {
  await migrate(storage)
  await storage.withoutTimeLimits(async ({ query }) => {
    await query(
      `insert into search_words (room_key, seq, at, terms)
       select case when n % ${messages / inSmall} = 0 then ${small} else n % ${rooms} + 1 end, n, '2026-01-01'::timestamptz + n * interval '1 s',
              array(select period from unnest($1::int[]) as period where n % period = 0) || array[1000000 + n % 77, 2000000 + n % 99]
       from generate_series(1, ${messages}) as n`,
      [periods],
    )
    await query(
      `insert into search_positions (room_key, seq, filling, key_id)
       select room_key, count(*), 0, 'key' from search_words group by room_key`,
    )
    await query('vacuum (analyze) search_words')
  })
}

const every = Array.from({ length: small }, (_, n) => n + 1)

function wantedOf(terms: number[], own: number[] = every): Wanted {
  return {
    ...{ words: [], without: [], from: [], before: undefined, after: undefined, has: new Set() },
    rooms: new Map(own.map((key) => [key, { key, id: String(key), epoch: '' }])) as Wanted['rooms'],
    groups: terms.map((term) => [term]),
  }
}

/** What it reads of the table; a window, for example, reads each row once. */
function counted(storage: Storage): { storage: Storage; read: () => number } {
  let read = 0
  const countIn = async ({ query }: Sql): Promise<number> => {
    const [row] = await query<{ read: number }>(
      `select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint as read
       from pg_stat_xact_user_tables where relname = 'search_words'`,
    )
    return row!.read
  }
  return {
    storage: {
      ...storage,
      transaction: (work) =>
        storage.transaction(async (sql) => {
          const before = await countIn(sql)
          const result = await work(sql)
          read += (await countIn(sql)) - before
          return result
        }),
    },
    read: () => read,
  }
}

const page = { most: 50, least: 21 }

/** The first page of results, 8 times: Postgres may have another plan for a statement that comes again. */
async function search(of: Storage, wanted: Wanted): Promise<{ found: number[]; read: number }> {
  let most = 0
  let found: number[] = []
  for (let n = 0; n < 8; n++) {
    const { storage, read } = counted(of)
    const { spots } = await findCandidates(storage, wanted, startSpot, page)
    found = spots.map(({ seq }) => seq)
    most = Math.max(most, read())
  }
  return { found, read: most }
}

const cases: [what: string, terms: number[], most: number][] = [
  ['the commonest word', [2], 650],
  ['two common words', [2, 3], 650],
  ['a common word and one of middling frequency', [2, 150], 1500],
  ['two words of middling frequency', [7, 150], 1500],
  ['a word of middling frequency', [311], 1500],
  ['a common and a rare word', [2, 5003], 1000],
  ['two rare words', [1009, 5003], 1000],
  ['a rare word', [1009], 1000],
  ['a word that is nowhere', [nowhere], 1000],
  ['a common word and one that is nowhere', [2, nowhere], 1000],
]

describe.each(open.map((storage) => [storage.kind, storage] as const))('%s', (_kind, storage) => {
  test.each(cases)('%s is found without reading much', async (_what, terms, most) => {
    const { found, read } = await search(storage, wantedOf(terms))
    const all: number[] = []
    for (let n = messages; n > 0; n--) if (terms.every((term) => n % term === 0)) all.push(n)
    expect(found.slice(0, page.least)).toEqual(all.slice(0, page.least))
    expect(read).toBeGreaterThan(0)
    expect(read).toBeLessThanOrEqual(most)
  })

  test.each(cases)('in one room, %s is found without reading more than the room', async (_what, terms) => {
    const { found, read } = await search(storage, wantedOf(terms, [1]))
    const all: number[] = []
    for (let n = messages; n > 0; n--)
      if (n % rooms === 0 && n % (messages / inSmall) !== 0 && terms.every((term) => n % term === 0))
        all.push(n)
    expect(found.slice(0, page.least)).toEqual(all.slice(0, page.least))
    expect(read).toBeLessThanOrEqual((2 * messages) / rooms)
  })

  test('the last page of a room does not read the pages before it', async () => {
    let after = startSpot
    const costs: number[] = []
    for (let isLast = false; !isLast; ) {
      const { storage: of, read } = counted(storage)
      const next = await findCandidates(of, wantedOf([2], [1]), after, page)
      costs.push(read())
      after = next.spots.at(-1) ?? after
      isLast = next.isLast
    }
    expect(costs.length).toBeGreaterThan(10)
    expect(costs.at(-1)!).toBeLessThan(costs[0]! / 2)
  })

  test('slices of the index are read until there is enough, the newest first, and to the end if there is not', async () => {
    const newest = Date.UTC(2026, 0, 1) + messages * 1000
    const from = { at: newest - 600_000, roomKey: small + 1, seq: messages + 1 }
    const all = (term: number, after = 0): number[] =>
      Array.from({ length: messages }, (_, n) => messages - n).filter(
        (n) => n % term === 0 && n <= messages - 600 && n >= after,
      )
    const slices = { rows: 300, population: messages }
    const read = async (term: number, least: number, wanted: Partial<Wanted> = {}) => {
      const of = counted(storage)
      const { spots, isLast } = await of.storage.transaction((sql) =>
        readSlices(
          sql,
          { ...wantedOf([term]), ...wanted },
          { spots: [], from, known: { ...nothingKnown(), msPerRow: 1000 } },
          slices,
          {
            most: 2000,
            least,
          },
        ),
      )
      return { seqs: spots.map(({ seq }) => seq), isLast, read: of.read() }
    }
    const first = await read(7, 21)
    expect(first.seqs).toEqual(all(7, messages - 900))
    expect(first.isLast).toBe(false)
    // Less than the 4,200 messages with that word.
    expect(first.read).toBeLessThan(2500)
    expect((await read(7, 200)).seqs).toEqual(all(7, messages - 3600))
    expect(await read(311, 200)).toMatchObject({ seqs: all(311), isLast: true })
    const after = new Date(newest - 1_000_000)
    expect(await read(7, 500, { after })).toMatchObject({ seqs: all(7, messages - 1000), isLast: true })
  })

  test('a second look for candidates goes on from what the first has learnt', async () => {
    const known = nothingKnown()
    const few = { most: 20, least: 12 }
    const first = await findCandidates(storage, wantedOf([311]), startSpot, few, known)
    const { storage: of, read } = counted(storage)
    const second = await findCandidates(of, wantedOf([311]), first.spots.at(-1)!, few, known)
    const all = Array.from({ length: messages }, (_, n) => messages - n).filter((n) => n % 311 === 0)
    const found = [...first.spots, ...second.spots].map(({ seq }) => seq)
    expect(found).toEqual(all.slice(0, found.length))
    expect(found.length).toBeGreaterThanOrEqual(24)
    // The first one has read the newest 600 at least.
    expect(read()).toBeLessThan(300)
  })

  test('a person who is in few small rooms finds common words there without a look at everything', async () => {
    const { found, read } = await search(storage, wantedOf([2], [small, small + 1]))
    expect(found).toHaveLength(inSmall)
    expect(read).toBeLessThanOrEqual(650 + inSmall)
  })
})

test('the shortest way is taken to what is frequent, middling, rare, and in small rooms', () => {
  const large = { all: 10_000_000, own: 10_000_000, rarest: 1 / 100, rooms: 1000, missing: 21 }
  const ways: [seen: [rows: number, hits: number, found: number], way: ReturnType<typeof nextWay>][] = [
    [[600, 0, 0], 'index'],
    [[600, 2, 2], 5400],
    [[600, 10, 10], 990],
    [[6000, 0, 0], 'index'],
    [[6000, 2, 2], 'index'],
    [[6000, 12, 12], 6750],
  ]
  for (const [[rows, hits, found], way] of ways)
    expect([rows, hits, nextWay({ rows, hits, found }, { ...large, missing: 21 - found })]).toEqual([
      rows,
      hits,
      way,
    ])
  // For two words that many messages have, the index has millions of places.
  expect(nextWay({ rows: 6000, hits: 8, found: 8 }, { ...large, rarest: 1 / 10, missing: 13 })).toBe(14_625)
  const few = { ...large, own: 500, rooms: 3 }
  expect(nextWay({ rows: 600, hits: 400, found: 0 }, few)).toBe('rooms')
  expect(nextWay({ rows: 600, hits: 0, found: 0 }, { ...few, all: 10_000, own: 9000 })).toBe('index')
})
