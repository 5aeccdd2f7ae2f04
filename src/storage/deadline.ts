import { DatabaseUnavailable } from './errors.ts'

type Options = { limitMs: number; mostWaiting: number; onMiss(startedAt: number): void }

export type Within = <T>(work: () => PromiseLike<T>, abandon?: () => void) => Promise<T>

/** Limits every wait for the database to `limitMs`, and the number of waiting statements to `mostWaiting`. */
export function createDeadline({ limitMs, mostWaiting, onMiss }: Options): Within {
  let waiting = 0

  return async (work, abandon) => {
    if (waiting >= mostWaiting)
      throw new DatabaseUnavailable('Too many statements are waiting for the database.')
    waiting++
    const startedAt = performance.now()
    let timer: Timer | undefined
    const missed = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new DatabaseUnavailable(`The database did not respond within ${limitMs / 1000} s.`))
        abandon?.()
        onMiss(startedAt)
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
