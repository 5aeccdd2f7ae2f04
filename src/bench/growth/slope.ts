import type { Point } from './run.ts'

/** The exponent between two sizes: 0 is flat, 1 is linear. */
export function slopeBetween(
  one: { size: number; value: number },
  other: { size: number; value: number },
): number {
  return Math.log(other.value / one.value) / Math.log(other.size / one.size)
}

/** Over the last step, where what does not grow counts least; undefined for fewer than two sizes. */
export function lastSlope(
  points: readonly Point[],
  of: (point: Point) => number | undefined,
): number | undefined {
  const [one, other] = points.toSorted((a, b) => a.size - b.size).slice(-2)
  const [before, after] = [one && of(one), other && of(other)]
  if (!one || !other || !before || !after) return undefined
  return slopeBetween({ size: one.size, value: before }, { size: other.size, value: after })
}
