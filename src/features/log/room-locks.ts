/**
 * One writer at a time for each room on this node: either the batch under way or one transaction. Two at once would count
 * the same `seq`; the database would refuse one of them, rightly but slowly.
 */
export function createRoomLocks(whenFree: (room: number) => void) {
  /** The locked rooms, each with those who wait for it. */
  const locked = new Map<number, (() => void)[]>()

  async function lock(room: number): Promise<void> {
    const waiting = locked.get(room)
    if (!waiting) locked.set(room, [])
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }

  /** Passes the lock to the next who waits, so that a busy room cannot starve a transaction. */
  function unlock(room: number): void {
    const next = locked.get(room)?.shift()
    if (next) return next()
    locked.delete(room)
    whenFree(room)
  }

  return {
    lock,
    unlock,
    isLocked: (room: number): boolean => locked.has(room),
    /** For a room that is not locked: at once. */
    lockFree: (room: number): void => void locked.set(room, []),
    none: (): boolean => locked.size === 0,
  }
}
