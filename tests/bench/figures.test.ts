import { describe, expect, test } from 'bun:test'
import { parseCost } from '../../src/bench/cost.ts'
import { median, medians, quantileOf, readBuckets, since, together } from '../../src/bench/figures.ts'
import { merge, note, percentileUs, type Spread } from '../../src/bench/spread.ts'

describe('a median', () => {
  test('is the middle value, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([9, 1, 5, 7])).toBe(6)
    expect(median([])).toBeNaN()
  })

  test('is taken of each figure by itself, and only of the rounds that have it', () =>
    expect(
      medians([
        { speed: 1, delay: 30 },
        { speed: 3, delay: undefined },
        { speed: 2, delay: 10 },
      ]),
    ).toEqual({ speed: 2, delay: 20 }))
})

describe('a spread of latencies', () => {
  const spreadOf = (...values: number[]): Spread => {
    const spread: Spread = {}
    for (const value of values) note(spread, value)
    return spread
  }

  test('tells its percentiles', () => {
    const spread = spreadOf(...Array.from({ length: 100 }, (_, index) => index + 1))
    expect(percentileUs(spread, 0.5)).toBe(50)
    expect(percentileUs(spread, 0.99)).toBe(99)
    expect(percentileUs({}, 0.5)).toBeUndefined()
  })

  test('is at most a sixty-fourth too low, however large', () => {
    for (let value = 1; value < 1e9; value = Math.ceil(value * 1.37)) {
      const value99 = percentileUs(spreadOf(value), 1)!
      expect(value99).toBeLessThanOrEqual(value)
      expect(value99).toBeGreaterThan(value * (1 - 1 / 64) - 1)
    }
  })

  test('is added up over processes', () =>
    expect(merge([spreadOf(1, 2, 2), spreadOf(2, 70)])).toEqual({ 1: 1, 2: 3, 70: 1 }))
})

describe('the stalls of the event loop', () => {
  const scrape = (...counts: number[]): string =>
    ['0.001', '0.005', '0.01', '+Inf']
      .map((bound, index) => `parley_stall_bucket{le="${bound}",node="0a1b2c3d"} ${counts[index]}`)
      .join('\n')
  const between = (before: string, after: string) =>
    since(readBuckets(before, 'parley_stall'), readBuckets(after, 'parley_stall'))

  test('are the differences between two scrapes', () => {
    const buckets = between(scrape(10, 10, 10, 50), scrape(110, 110, 110, 150))
    expect([...buckets.values()]).toEqual([100, 100, 100, 100])
    expect(quantileOf(buckets, 0.99)).toBeCloseTo(0.00099, 6)
  })

  test('lie evenly within a bucket, and beyond the last bound count as that', () => {
    const buckets = between(scrape(0, 0, 0, 0), scrape(50, 100, 100, 100))
    expect(quantileOf(buckets, 0.75)).toBeCloseTo(0.003, 6)
    expect(quantileOf(between(scrape(0, 0, 0, 0), scrape(0, 0, 0, 5)), 0.99)).toBe(0.01)
  })

  test('are added up over rounds; without any there is no figure', () => {
    const round = between(scrape(0, 0, 0, 0), scrape(1, 2, 3, 4))
    expect([...together([round, round]).values()]).toEqual([2, 4, 6, 8])
    expect(quantileOf(together([]), 0.99)).toBeUndefined()
  })
})

test('the cost of a process is read past whatever its name is', () => {
  const stat = '7 (odd) name) 9) S 1 7 7 0 -1 4194560 1 0 0 0 250 150 0 0 20 0 9 0 1 1 1'
  const cost = parseCost(stat, 'Name:\todd\nVmRSS:\t  2048 kB\nThreads:\t9\n')
  expect(cost).toEqual({ cpuSeconds: 4, residentBytes: 2048 * 1024 })
})
