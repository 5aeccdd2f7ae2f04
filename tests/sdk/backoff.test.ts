import { expect, test } from 'bun:test'
import { createBackoff, hintMs } from '../../src/sdk/backoff.ts'

test('waits lie between half a second and twenty', () => {
  const backoff = createBackoff()
  for (let i = 0; i < 500; i++) {
    const waitMs = backoff.nextMs()
    expect(waitMs).toBeGreaterThanOrEqual(500)
    expect(waitMs).toBeLessThanOrEqual(20_000)
  }
})

test('waits grow up to the longest while nothing succeeds, and are short again after a success', () => {
  const backoff = createBackoff({ random: () => 1 })
  expect([1, 2, 3, 4, 5].map(() => backoff.nextMs())).toEqual([1_500, 4_500, 13_500, 20_000, 20_000])
  backoff.reset()
  expect(backoff.nextMs()).toBe(1_500)
})

test('a thousand clients that lost the same server do not come back in step', () => {
  const waits = Array.from({ length: 1_000 }, () => {
    const backoff = createBackoff()
    backoff.nextMs()
    return backoff.nextMs()
  })
  const perTenth = Map.groupBy(waits, (waitMs) => Math.floor(waitMs / 100))
  expect(Math.max(...[...perTenth.values()].map((those) => those.length))).toBeLessThan(200)
})

test('the hint of a restarting server is read from the reason of its close', () => {
  expect(hintMs('restarting; retry_after_ms=1250')).toBe(1_250)
  expect(hintMs('retry_after_ms=0')).toBe(0)
  expect(hintMs('restarting')).toBeUndefined()
  expect(hintMs('retry_after_ms=soon')).toBeUndefined()
})
