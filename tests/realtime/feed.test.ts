import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { createFeed } from '../../src/realtime/feed.ts'
import type { Numbered, Ports } from '../../src/realtime/ports.ts'
import { waitFor } from '../support/client.ts'

const room = { key: 1, id: 'general', epoch: 'e1' }
const entry = (seq: number, length = 0): Numbered => ({ seq, text: `event ${seq}`.padEnd(length) })

/** The log of a room, and what a node delivers of it. `refusals`: how many questions the database leaves unanswered. */
function openFeed(stored: number, refusals = 0, length = 0) {
  const log = Array.from({ length: stored }, (_, index) => entry(index + 1, length))
  const delivered: string[] = []
  const broken: unknown[] = []
  const reads: [since: number, limit: number][] = []
  async function read(since: number, limit: number) {
    await Bun.sleep(0)
    if (refusals-- > 0) throw new Error('the database is away')
    return log.slice(since, since + limit)
  }
  const ports: Pick<Ports, 'head' | 'replay' | 'missed' | 'committed'> = {
    head: async () => stored,
    committed: () => 0,
    async missed(_room, since) {
      const events = await read(since, 500)
      return { events, last: events.at(-1)?.seq ?? since, full: events.length === 500 }
    },
    async replay(_room, since, limit) {
      reads.push([since, limit])
      return { events: await read(since, limit), broken: false }
    },
  }
  const deliver = (text: string) => void delivered.push(text)
  const feed = createFeed(ports, room, {
    deliver,
    onFailure: (error) => void broken.push(error),
    apply() {},
    listen: async () => {},
    isHeld: () => false,
    opened() {},
  })
  return {
    feed,
    delivered,
    broken,
    reads,
    store(count: number): Numbered[] {
      const added = Array.from({ length: count }, (_, index) => entry(log.length + index + 1))
      log.push(...added)
      return added
    },
  }
}

const texts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `event ${from + index}`)

test('whatever the bus loses, repeats and swaps, each event is delivered once and in order', async () => {
  const bus = fc.array(fc.record({ at: fc.nat({ max: 39 }), pause: fc.boolean() }), {
    maxLength: 120,
    size: 'max',
  })
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 20 }), bus, async (before, carried) => {
      const { feed, delivered, store } = openFeed(before)
      await feed.opened
      const events = store(40)
      for (const { at, pause } of carried) {
        feed.take(events[at]!)
        if (pause) await Bun.sleep(0)
      }
      feed.take({ seq: before + 40, text: `event ${before + 40}` })
      await feed.reached(before + 40)
      expect(delivered).toEqual(texts(before + 1, before + 40))
    }),
    { numRuns: 60 },
  )
})

test('events that arrive while the feed opens are joined to the stored ones', async () => {
  const { feed, delivered, store } = openFeed(5)
  for (const { seq, text } of store(3).toReversed()) feed.take({ seq, text })
  await feed.opened
  await feed.reached(8)
  expect(feed.head()).toBe(8)
  const [next] = store(1)
  feed.take(next!)
  expect(delivered).toEqual(texts(6, 9))
})

test('a missing event is fetched without waiting for another event', async () => {
  const { feed, delivered, store } = openFeed(1)
  await feed.opened
  const [, , third] = store(3)
  feed.take(third!)
  await waitFor('the repair', () => delivered.length === 3)
  expect(delivered).toEqual(texts(2, 4))
})

test('a repair that the database refuses is tried again until it succeeds', async () => {
  const { feed, delivered, broken, store } = openFeed(1, 2)
  await feed.opened
  const [, second] = store(2)
  feed.take(second!)
  await waitFor('the repair', () => delivered.length === 2)
  expect(delivered).toEqual(texts(2, 3))
  expect(broken).toHaveLength(2)
})

test('a long absence is repaired page by page', async () => {
  const { feed, delivered, store } = openFeed(0)
  await feed.opened
  store(1700)
  await feed.repair()
  expect(delivered).toEqual(texts(1, 1700))
})

test('a feed without listeners delivers nothing, not even events that it was fetching', async () => {
  const { feed, delivered, store } = openFeed(1)
  await feed.opened
  store(5)
  const repaired = feed.repair()
  feed.stop()
  await repaired
  expect(delivered).toEqual([])
})

test('the memory returns all events after a position, or none', async () => {
  const { feed, store } = openFeed(0)
  await feed.opened
  for (const { seq, text } of store(300)) feed.take({ seq, text })
  expect(feed.since(300)).toEqual([])
  expect(feed.since(44)).toEqual(texts(45, 300))
  expect(feed.since(43)).toBeUndefined()
})

test('the end of the log is read once for all who have missed something, and joined to what follows', async () => {
  const { feed, reads, store } = openFeed(300)
  await feed.opened
  await Promise.all([290, 280, 300].map((seq) => feed.remember(seq)))
  expect(reads).toEqual([[268, 32]])
  expect(feed.since(290)).toEqual(texts(291, 300))
  const [next] = store(1)
  feed.take(next!)
  expect(feed.since(268)).toEqual(texts(269, 301))
  await feed.remember(100)
  expect(feed.since(100)).toEqual(texts(101, 301))
  await feed.remember(200)
  expect(reads).toHaveLength(2)
  // More than memory holds: that is a replay of their own.
  await feed.remember(3)
  expect([feed.since(3), reads.length]).toEqual([undefined, 2])
})

test('an event that is delivered while the end of the log is read comes behind it', async () => {
  const { feed, store } = openFeed(20)
  await feed.opened
  const remembered = feed.remember(10)
  for (const { seq, text } of store(3)) feed.take({ seq, text })
  await remembered
  expect(feed.since(10)).toEqual(texts(11, 23))
  // So many that they push out those that the end of the log would adjoin.
  const crowded = openFeed(20)
  await crowded.feed.opened
  const pushedOut = crowded.feed.remember(10)
  for (const { seq, text } of crowded.store(300)) crowded.feed.take({ seq, text })
  await pushedOut
  expect([crowded.feed.since(10), crowded.feed.since(63), crowded.feed.since(64)?.length]).toEqual([
    undefined,
    undefined,
    256,
  ])
})

test('long events fill the memory: then nobody reads the end of the log again', async () => {
  const { feed, reads } = openFeed(40, 0, 20_000)
  await feed.opened
  await feed.remember(20)
  expect(feed.since(37)).toHaveLength(3)
  expect(feed.since(36)).toBeUndefined()
  await feed.remember(20)
  expect(reads).toHaveLength(1)
})
