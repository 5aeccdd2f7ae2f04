import type { Credentials, Endpoint } from './credentials.ts'
import { isUnauthenticated } from './errors.ts'

/** Renews a session before it expires, while the client runs. */
export type Renewal = {
  /** Sets the timer again: after a login, a renewal or a sleep. */
  schedule(): void
  /** Renews if it is due, or if `force`. Rejects as `session.renew` does. */
  renew(force?: boolean): Promise<void>
  /** The session was renewed elsewhere. */
  done(): void
  stop(): void
}

type RenewalOptions = { session: Credentials; endpoint: Endpoint; renewed(): void; ended(): void }

/** A timer of more than 24.8 days would fire at once. */
const longestMs = 86_400_000
const againMs = 5_000

export function createRenewal({ session, endpoint, renewed, ended }: RenewalOptions): Renewal {
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
      await session.renew(endpoint)
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
