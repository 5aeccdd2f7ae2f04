import { DatabaseBusy, DatabaseUnavailable } from './errors.ts'

/** `onMiss` returns whether the database has just responded to another statement, so that it is not away. */
type Options = { limitMs: number; mostWaiting: number; onMiss(startedAt: number): boolean }

export type Within = <T>(work: () => PromiseLike<T>, abandon?: () => void) => Promise<T>

/** Limits every wait for the database to `limitMs`, and the number of waiting statements to `mostWaiting`. */
export function createDeadline({ limitMs, mostWaiting, onMiss }: Options): Within {
  let waiting = 0

  return async (work, abandon) => {
    if (waiting >= mostWaiting) throw new DatabaseBusy('Too many statements are waiting for the database.')
    waiting++
    const startedAt = performance.now()
    let timer: Timer | undefined
    const missed = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const seconds = limitMs / 1000
        abandon?.()
        reject(
          onMiss(startedAt)
            ? new DatabaseBusy(`The statement did not get its turn within ${seconds} s.`)
            : new DatabaseUnavailable(`The database did not respond within ${seconds} s.`),
        )
      }, limitMs)
    })
    try {
      return await Promise.race([work(), missed])
    } finally {
      waiting--
      clearTimeout(timer)
    }
  }
}
