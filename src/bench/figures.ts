export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Of each figure its own median: a round may be the middle one in speed and not in latency. */
export function medians<Figures extends Record<string, number | undefined>>(
  rounds: readonly Figures[],
): Partial<Figures> {
  const names = [...new Set(rounds.flatMap((round) => Object.keys(round)))]
  const entries = names.map((name) => {
    const known = rounds.map((round) => round[name]).filter((value) => value !== undefined)
    return [name, known.length === 0 ? undefined : median(known)]
  })
  return Object.fromEntries(entries)
}

/** Counts of a Prometheus histogram by upper bound, cumulated as they are scraped. */
export type Buckets = Map<number, number>

export function readBuckets(metrics: string, name: string): Buckets {
  const buckets: Buckets = new Map()
  for (const [, bound, count] of metrics.matchAll(
    new RegExp(`^${name}_bucket\\{le="([^"]+)"\\} (\\S+)$`, 'gm'),
  ))
    buckets.set(bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound), Number(count))
  return buckets
}

export const since = (before: Buckets, after: Buckets): Buckets =>
  new Map([...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]))

export const together = (all: readonly Buckets[]): Buckets =>
  all.reduce(
    (sum, buckets) => new Map([...buckets].map(([bound, count]) => [bound, count + (sum.get(bound) ?? 0)])),
    new Map(),
  )

/**
 * The value below which this part (0 to 1) of all lies, even within a bucket, as Prometheus reckons. What is beyond the last
 * bound counts as that bound.
 */
export function quantileOf(buckets: Buckets, part: number): number | undefined {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const wanted = (sorted.at(-1)?.[1] ?? 0) * part
  if (wanted === 0) return undefined
  let [from, below] = [0, 0]
  for (const [to, count] of sorted) {
    if (count >= wanted)
      return to === Number.POSITIVE_INFINITY
        ? from
        : from + ((to - from) * (wanted - below)) / (count - below)
    from = to
    below = count
  }
  return undefined
}
