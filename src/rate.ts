import { createBounded } from './bounded.ts'

/** Token buckets by key. They use the monotonic clock, so setting the system clock has no effect. */
export type Rate = { perSecond: number; burst: number }

export type RateLimit = {
  /** Takes one token. If there is none, returns the milliseconds until the next one. */
  take(key: string): number | undefined
  /** Returns one token, when the action did not count after all. */
  giveBack(key: string): void
  /** Counts what was taken on another node, or given back there (below 0). More than there is becomes a debt of at most `burst`, which `take` waits for. */
  takenElsewhere(key: string, count: number): void
}

const mostKeys = 50_000

export function createRateLimit({ perSecond, burst }: Rate): RateLimit {
  // A removed bucket counts as full, so removing one can only allow more.
  const buckets = createBounded<string, { tokens: number; at: number }>(mostKeys)

  function filled(key: string): { tokens: number; at: number } {
    const now = performance.now()
    let bucket = buckets.get(key)
    if (!bucket) {
      bucket = { tokens: burst, at: now }
      buckets.set(key, bucket)
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    return bucket
  }

  return {
    take(key) {
      const bucket = filled(key)
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
    takenElsewhere(key, count) {
      const bucket = filled(key)
      bucket.tokens = Math.max(-burst, Math.min(burst, bucket.tokens - count))
    },
  }
}
