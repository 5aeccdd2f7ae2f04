import type { Door, Session } from './credentials.ts'
import { isUnauthenticated } from './errors.ts'

/** Keeps a session fresh while the client runs. */
export type Renewal = {
  /** Looks at the clock again: after a log-in, a renewal or a sleep. */
  schedule(): void
  /** Renews if it is due, or if `force`. Rejects as `session.renew` does. */
  renew(force?: boolean): Promise<void>
  /** Somebody else has renewed the session. */
  done(): void
  stop(): void
}

export type RenewalOptions = { session: Session; door: Door; renewed(): void; ended(): void }

/** Timers of more than 24.8 days fire at once. */
const longestMs = 86_400_000
const againMs = 5_000

export function createRenewal({ session, door, renewed, ended }: RenewalOptions): Renewal {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  const dueMs = () => (session.renewAt() ?? Number.POSITIVE_INFINITY) - Date.now()

  const schedule = (atLeastMs = 0) => {
    clearTimeout(timer)
    const inMs = dueMs()
    if (stopped || inMs === Number.POSITIVE_INFINITY) return
    timer = setTimeout(tick, Math.min(longestMs, Math.max(atLeastMs, inMs)))
  }

  const renew = async (force = false) => {
    if (!force && dueMs() > 0) return
    try {
      await session.renew(door)
    } catch (error) {
      if (isUnauthenticated(error)) ended()
      throw error
    }
    done()
  }

  const done = () => {
    schedule(againMs)
    renewed()
  }

  const tick = () =>
    renew().then(
      () => schedule(),
      () => schedule(againMs),
    )

  return {
    schedule: () => {
      stopped = false
      schedule()
    },
    renew,
    done,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
