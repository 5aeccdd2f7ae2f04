/** What takes less is cheap enough to do it for everybody who asks. */
const cheapMs = 20
/** Then counting takes at most a twentieth of the time of the database. */
const share = 20

/**
 * Counts when somebody asks, once for all who ask meanwhile. What took long, as it does over a million rows, is kept for twenty times as long as
 * it took.
 */
export function cacheFigures<Figures>(
  count: () => Promise<Figures>,
  now: () => number = performance.now.bind(performance),
): () => Promise<Figures> {
  let counting: Promise<Figures> | undefined
  let keptUntil = 0
  async function begin(): Promise<Figures> {
    const began = now()
    const figures = await count()
    const tookMs = now() - began
    keptUntil = tookMs < cheapMs ? 0 : now() + share * tookMs
    return figures
  }
  return () => {
    if (counting === undefined || now() >= keptUntil) {
      keptUntil = Number.POSITIVE_INFINITY
      counting = begin()
      counting.catch(() => {
        keptUntil = 0
      })
    }
    return counting
  }
}
