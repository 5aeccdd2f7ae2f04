import { expect, test } from 'bun:test'
import type { Entry } from '../../src/features/log/entry.ts'
import { createOwn } from '../../src/features/search/own.ts'
import { createPace } from '../../src/features/search/pace.ts'

/** Works 10 ms at a time while so many entries are written a second, for `seconds`. Returns the last pause after that. */
function pauseAt(perSecond: number, seconds: number): number {
  let now = 0
  const pace = createPace(() => now)
  let pause = 0
  let written = 0
  while (now < seconds * 1000) {
    now += 10 + pause
    for (; written < (now / 1000) * perSecond; written++) pace.count()
    pause = pace.pauseAfter(10)
  }
  return pause
}

test('the index takes half of the time while it can keep up, and a fiftieth when more is sent', () => {
  expect(pauseAt(0, 5)).toBeCloseTo(10)
  expect(pauseAt(2000, 5)).toBeCloseTo(10)
  expect(pauseAt(5000, 5)).toBeGreaterThan(50)
  expect(pauseAt(25_000, 5)).toBeCloseTo(490)
  // A short burst is no rush.
  expect(pauseAt(5000, 0.1)).toBeCloseTo(10)
})

const entry = (seq: number, text = 'a text'): Entry => ({ seq, text }) as Entry
const seqsOf = (entries: Entry[] | undefined) => entries?.map(({ seq }) => seq)

test('own entries are taken in the order of the log, and never over a hole', () => {
  const own = createOwn()
  for (const seq of [3, 4, 5]) own.add(1, entry(seq))
  expect(own.take(1, 1, 9)).toBeUndefined()
  expect(seqsOf(own.take(1, 2, 2))).toEqual([3, 4])
  // Another node has written 6.
  own.add(1, entry(7))
  expect(seqsOf(own.take(1, 4, 9))).toEqual([5])
  expect(own.isShort(1)).toBe(true)
  expect(own.take(1, 5, 9)).toBeUndefined()
  expect(own.isShort(1)).toBe(false)
  own.add(1, entry(8))
  own.add(1, entry(9))
  // It was read up to 8 meanwhile.
  expect(seqsOf(own.take(1, 8, 9))).toEqual([9])
})

test('own entries take a bounded memory: what is more is left to the log', () => {
  const own = createOwn()
  const text = 'x'.repeat(1000)
  for (let seq = 1; seq <= 6000; seq++) own.add(1, entry(seq, text))
  expect(own.isShort(1)).toBe(true)
  const taken = own.take(1, 0, 10_000)!
  expect(taken.length).toBe(4000)
  expect(own.take(1, 4000, 10)).toBeUndefined()
  // There is room again.
  own.add(1, entry(6001, text))
  expect(seqsOf(own.take(1, 6000, 10))).toEqual([6001])
  own.add(2, entry(1))
  own.drop(2)
  expect(own.take(2, 0, 10)).toBeUndefined()
})

// A room to which somebody always sent something seemed to wait since the first of it: the lag grew with the time.
test('since when a room waits is the time of its next entry', async () => {
  const own = createOwn()
  own.add(1, entry(1))
  const first = own.since(1)!
  await Bun.sleep(2)
  own.add(1, entry(2))
  expect(own.since(1)).toBe(first)
  own.take(1, 0, 1)
  expect(own.since(1)).toBeGreaterThan(first)
  own.take(1, 1, 1)
  expect(own.since(1)).toBeUndefined()
})
