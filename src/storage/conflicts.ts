import { violation } from './errors.ts'

const mostAttempts = 5
const pauseMs = 20

/**
 * Runs a statement or transaction again that Postgres has rolled back only because another was under way (40001, a
 * serialization failure, and 40P01, a deadlock).
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
