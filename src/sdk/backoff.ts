/** How long to wait before trying again: a little, then more, never in step with others. */
export type Backoff = { nextMs(): number; reset(): void }

export type BackoffOptions = { minMs?: number; maxMs?: number; random?: () => number }

/** Decorrelated jitter: each wait is drawn between the least and three times the last one. */
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

/** The server that restarts tells each socket its own moment to come back, as `retry_after_ms=N` in the reason. */
export function hintMs(reason: string): number | undefined {
  const found = /\bretry_after_ms=(\d{1,7})\b/.exec(reason)
  return found ? Number(found[1]) : undefined
}
