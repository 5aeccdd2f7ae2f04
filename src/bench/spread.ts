/** A count for each latency bucket: small enough to send between processes. */
export type Spread = Record<number, number>

const fine = 64

export function note(spread: Spread, latencyUs: number): void {
  const bucket = bucketOf(latencyUs)
  spread[bucket] = (spread[bucket] ?? 0) + 1
}

export function merge(spreads: readonly Spread[]): Spread {
  const all: Spread = {}
  for (const spread of spreads)
    for (const [bucket, count] of Object.entries(spread)) all[+bucket] = (all[+bucket] ?? 0) + count
  return all
}

/** The quantile for `part` (0 to 1), at most 1/64 too low; undefined if nothing was counted. */
export function percentileUs(spread: Spread, part: number): number | undefined {
  const buckets = Object.entries(spread).map(([bucket, count]) => [+bucket, count] as const)
  buckets.sort(([a], [b]) => a - b)
  const target = Math.ceil(buckets.reduce((sum, [, count]) => sum + count, 0) * part)
  let seen = 0
  for (const [bucket, count] of buckets) {
    seen += count
    if (seen >= target) return leastOf(bucket)
  }
  return undefined
}

/** Exact up to 128 µs, then 64 buckets for each power of two. */
function bucketOf(latencyUs: number): number {
  const value = Math.max(0, Math.floor(latencyUs))
  if (value < fine) return value
  const shift = Math.floor(Math.log2(value)) - 6
  return (shift + 1) * fine + (Math.floor(value / 2 ** shift) - fine)
}

function leastOf(bucket: number): number {
  if (bucket < fine) return bucket
  const shift = Math.floor(bucket / fine) - 1
  return (fine + (bucket % fine)) * 2 ** shift
}
