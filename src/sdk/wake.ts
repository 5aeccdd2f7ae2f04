import type { Connection } from './connection.ts'
import type { Requests } from './requests.ts'

type Target = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
type Page = Target & { visibilityState?: string }

const networkEvents = ['online', 'offline']

/** Calls `wake` when the connection may be dead: the network has changed, or the page is visible again. */
export function onWake(wake: () => void): () => void {
  const target = globalThis as unknown as Partial<Target> & { document?: Page }
  const page = target.document
  if (!target.addEventListener || !page) return () => {}
  const visible = () => page.visibilityState === 'visible' && wake()
  for (const type of networkEvents) target.addEventListener(type, wake)
  page.addEventListener('visibilitychange', visible)
  return () => {
    for (const type of networkEvents) target.removeEventListener?.(type, wake)
    page.removeEventListener('visibilitychange', visible)
  }
}

/** A browser without any network knows it. Only a server on the same machine still replies then, and that at once. */
const isSurelyOffline = () => globalThis.navigator?.onLine === false

/** After a sleep or a change of network a socket may look open and be dead: a ping finds out. */
export const createWake =
  (connection: Pick<Connection, 'isLive' | 'reconnectNow' | 'drop'>, requests: Requests) => (): void => {
    if (!connection.isLive()) return connection.reconnectNow()
    requests.request('ping', {}, { timeoutMs: isSurelyOffline() ? 1_000 : 5_000 }).catch((error) => {
      if (error.code === 'timeout') connection.drop()
    })
  }
