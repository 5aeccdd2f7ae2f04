import type { Connection } from './connection.ts'
import type { Requests } from './requests.ts'

type Target = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
type Page = Target & { visibilityState?: string }

/** Tells when a page comes back to life: the network is there again, or somebody looks at it again. */
export function onWake(wake: () => void): () => void {
  const world = globalThis as unknown as Partial<Target> & { document?: Page }
  const page = world.document
  if (!world.addEventListener || !page) return () => {}
  const seen = () => page.visibilityState === 'visible' && wake()
  world.addEventListener('online', wake)
  page.addEventListener('visibilitychange', seen)
  return () => {
    world.removeEventListener?.('online', wake)
    page.removeEventListener('visibilitychange', seen)
  }
}

/** After a sleep or a change of network a socket may look open and be dead. */
export const createWake =
  (connection: Pick<Connection, 'isLive' | 'hurry' | 'drop'>, requests: Requests) => (): void => {
    if (!connection.isLive()) return connection.hurry()
    requests.request('ping', {}, { timeoutMs: 5_000 }).catch((error) => {
      if (error.code === 'timeout') connection.drop()
    })
  }
