/** How long to wait before the next try: longer after each failure, and random, so that clients do not return all at once. */
export type Backoff = { nextMs(): number; reset(): void }

export type BackoffOptions = { minMs?: number; maxMs?: number; random?: () => number }

/** Decorrelated jitter: each wait is a random number between `minMs` and three times the last wait. */
export function createBackoff({
  minMs = 500,
  maxMs = 20_000,
  random = Math.random,
}: BackoffOptions = {}): Backoff {
  let lastMs = minMs
  return {
    nextMs() {
      lastMs = Math.min(maxMs, minMs + random() * (lastMs * 3 - minMs))
      return Math.round(lastMs)
    },
    reset() {
      lastMs = minMs
    },
  }
}

/** A restarting server gives each socket its own time to reconnect: `retry_after_ms=N` in the close reason. */
export function hintMs(reason: string): number | undefined {
  const found = /\bretry_after_ms=(\d{1,7})\b/.exec(reason)
  return found ? Number(found[1]) : undefined
}
