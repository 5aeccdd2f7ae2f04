import { disconnected, endedError, type RequestError } from './errors.ts'
import type { Store } from './store.ts'
import { type Abortable, abortable, type Deferred, deferred } from './waiting.ts'

export type Readiness = {
  wait(options?: Abortable): Promise<void>
  abandon(why: RequestError): void
}

/** Waits until the client is online. */
export function createReadiness(store: Store, isWanted: () => boolean): Readiness {
  const waiting = new Set<Deferred>()
  store.subscribe(({ status }) => {
    if (status === 'online') settle((each) => each.resolve())
  })

  const settle = (how: (each: Deferred) => void) => {
    for (const each of [...waiting]) {
      waiting.delete(each)
      how(each)
    }
  }

  return {
    async wait({ signal } = {}) {
      signal?.throwIfAborted()
      const { status, endedBecause } = store.get()
      if (status === 'online') return
      if (status === 'ended') throw endedError(endedBecause)
      if (!isWanted()) throw disconnected()
      const online = deferred()
      waiting.add(online)
      return abortable(online.promise, signal).finally(() => waiting.delete(online))
    },
    abandon: (why) => settle((each) => each.reject(why)),
  }
}
