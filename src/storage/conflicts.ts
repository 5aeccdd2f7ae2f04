import { violation } from './errors.ts'

const mostAttempts = 5
const pauseMs = 20

/**
 * Retries a statement or transaction that Postgres rolled back only because of a concurrent one (40001, a serialization
 * failure, or 40P01, a deadlock).
 */
export async function retryConflicts<T>(work: () => PromiseLike<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const kind = violation(error)?.kind
      if ((kind !== 'serialization' && kind !== 'deadlock') || attempt === mostAttempts) throw error
      await Bun.sleep(Math.random() * pauseMs * attempt)
    }
  }
}
