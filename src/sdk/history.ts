import type { MessagePage } from '../protocol/messages.ts'
import { RequestError } from './errors.ts'
import { applyOlder } from './merge.ts'
import type { Requests } from './requests.ts'
import { roomOf } from './state.ts'
import type { Store } from './store.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Pages back. Answers whether there is more. */
export type History = { older(room: string, limit?: number): Promise<boolean> }

/** `head`: the position of the log at which the page was read, where the server says so. */
type Page = MessagePage & { head?: number }

const eventsTimeoutMs = 5_000

export function createHistory(store: Store, requests: Requests, subscriptions: Subscriptions): History {
  const underWay = new Map<string, Promise<boolean>>()

  const fetchOlder = async (id: string, limit: number): Promise<boolean> => {
    const room = roomOf(store.get(), id)
    if (!room?.open) throw new RequestError('not_found', 'The room is not open')
    if (room.reachedStart) return false
    const before = room.messages[0]?.seq ?? room.head + 1
    const recorded = subscriptions.record(id)
    try {
      const page: Page = await requests.request('message.list', { room: id, before, limit })
      const asOf = page.head ?? roomOf(store.get(), id)?.head ?? 0
      // A page may know of events that are still on their way to us; it has to wait for them, or they count twice.
      await reached(id, asOf)
      const now = roomOf(store.get(), id)
      if (!now?.open || recorded.reset) return now?.open === true && !now.reachedStart
      store.update((state) => applyOlder(state, id, page, asOf, recorded.events))
      return page.next !== undefined
    } finally {
      recorded.stop()
    }
  }

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
      const late = () =>
        finish(() => reject(new RequestError('timeout', 'The room did not catch up in time')))
      const timer = setTimeout(late, eventsTimeoutMs)
    })

  return {
    older(id, limit = 50) {
      const already = underWay.get(id)
      if (already) return already
      const asked = fetchOlder(id, limit).finally(() => underWay.delete(id))
      underWay.set(id, asked)
      return asked
    },
  }
}
