/**
 * Whose turn it is to write to a room on this node: either the batch under way or one transaction. Two at once would
 * count the same `seq`; the database would refuse one of them, rightly but slowly.
 */
export function createTurns(whenFree: (room: number) => void) {
  const taken = new Map<number, (() => void)[]>()

  async function take(room: number): Promise<void> {
    const waiting = taken.get(room)
    if (!waiting) taken.set(room, [])
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }

  /** Hands the turn to the next who waits, so that a busy room cannot starve a transaction. */
  function give(room: number): void {
    const next = taken.get(room)?.shift()
    if (next) return next()
    taken.delete(room)
    whenFree(room)
  }

  return {
    take,
    give,
    isTaken: (room: number): boolean => taken.has(room),
    takeFree: (room: number): void => void taken.set(room, []),
    none: (): boolean => taken.size === 0,
  }
}
