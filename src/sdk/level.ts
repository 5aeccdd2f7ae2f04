import { applyLatest } from './apply.ts'
import { failure } from './errors.ts'
import type { Read } from './excerpt.ts'
import { roomOf, type State } from './state.ts'
import type { Store } from './store.ts'
import type { Subscriptions } from './subscriptions.ts'

const eventsTimeoutMs = 5_000

/** Puts pages into the state that are level with its events, unless the room was fetched again in between. */
export type Level = <Page extends { head?: number }>(
  room: string,
  ask: () => Promise<Page[]>,
  put: (state: State, reads: Read<Page>[]) => State,
) => Promise<void>

export function createLevel(store: Store, { record }: Pick<Subscriptions, 'record'>): Level {
  const reached = (id: string, seq: number) =>
    new Promise<void>((resolve, reject) => {
      const isThere = () => (roomOf(store.get(), id)?.head ?? Number.POSITIVE_INFINITY) >= seq
      if (isThere()) return resolve()
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        stop()
        settle()
      }
      const stop = store.subscribe(() => isThere() && finish(resolve))
      const late = () => finish(() => reject(failure('timeout')))
      const timer = setTimeout(late, eventsTimeoutMs)
    })

  return async (id, ask, put) => {
    const recorded = record(id)
    try {
      const since = recorded.events
      const pages = await ask()
      const reads = pages.map((page) => ({
        page,
        asOf: page.head ?? roomOf(store.get(), id)?.head ?? 0,
        since,
      }))
      // A page may include events that are still on their way to us. It waits for them, or they would count twice.
      await reached(id, Math.max(...reads.map(({ asOf }) => asOf)))
      if (!roomOf(store.get(), id)?.open || recorded.reset) return
      store.update((state) => applyLatest(put(state, reads), recorded.latest))
    } finally {
      recorded.stop()
    }
  }
}
