/** With so many messages a second, the index keeps up with them. */
const usualRate = 2500
/** The share of the time that the index may take: the rest is for the chat. */
const usualShare = 1 / 2
/** While more is sent than that: what is sent goes first, and the index follows when the rush is over. */
const leastShare = 1 / 50
/** A rush is what goes on for about so long. */
const memoryMs = 500

/** How much of the time the index takes, by how much is sent. */
export function createPace(now: () => number = () => performance.now()) {
  let rate = 0
  let counted = 0
  let since = now()

  function rateNow(): number {
    const passed = Math.max(1, now() - since)
    const kept = Math.exp(-passed / memoryMs)
    rate = rate * kept + (counted / passed) * 1000 * (1 - kept)
    counted = 0
    since += passed
    return rate
  }

  return {
    /** An entry was written. */
    count: (): void => void counted++,
    /** How long to wait after work that took `ms`. */
    pauseAfter(ms: number): number {
      const rush = rateNow() / usualRate
      const share = rush <= 1 ? usualShare : Math.max(leastShare, usualShare / rush ** 2)
      return ms * (1 / share - 1)
    },
  }
}
