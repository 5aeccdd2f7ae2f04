import { createBounded } from './bounded.ts'

/** Token buckets by key, on the monotonic clock: a clock that jumps neither frees nor locks anybody. */
export type Rate = { perSecond: number; burst: number }

export type RateLimit = {
  /** Takes one token; otherwise the milliseconds until there is one. */
  take(key: string): number | undefined
  /** Gives one token back: what was taken for did not count after all. */
  giveBack(key: string): void
}

const mostKeys = 50_000

export function createRateLimit({ perSecond, burst }: Rate): RateLimit {
  // A full bucket and an absent one are the same, so removing one errs on the friendly side.
  const buckets = createBounded<string, { tokens: number; at: number }>(mostKeys)
  return {
    take(key) {
      const now = performance.now()
      let bucket = buckets.get(key)
      if (!bucket) {
        bucket = { tokens: burst, at: now }
        buckets.set(key, bucket)
      }
      bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
      bucket.at = now
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1
        return undefined
      }
      return Math.ceil(((1 - bucket.tokens) / perSecond) * 1000)
    },
    giveBack(key) {
      const bucket = buckets.get(key)
      if (bucket) bucket.tokens = Math.min(burst, bucket.tokens + 1)
    },
  }
}
