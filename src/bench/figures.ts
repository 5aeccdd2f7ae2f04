export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** A median for each figure: the round with the median speed may not have the median latency. */
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

/** The cumulative counts of a Prometheus histogram, by upper bound. */
export type Buckets = Map<number, number>

export function readBuckets(metrics: string, name: string): Buckets {
  const buckets: Buckets = new Map()
  for (const [, bound, count] of metrics.matchAll(
    new RegExp(`^${name}_bucket\\{le="([^"]+)"[^}]*\\} (\\S+)$`, 'gm'),
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
 * The quantile for `part` (0 to 1), interpolated within a bucket as Prometheus does. Values above the last bound count as
 * that bound.
 */
export function quantileOf(buckets: Buckets, part: number): number | undefined {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const target = (sorted.at(-1)?.[1] ?? 0) * part
  if (target === 0) return undefined
  let [from, below] = [0, 0]
  for (const [to, count] of sorted) {
    if (count >= target)
      return to === Number.POSITIVE_INFINITY
        ? from
        : from + ((to - from) * (target - below)) / (count - below)
    from = to
    below = count
  }
  return undefined
}
