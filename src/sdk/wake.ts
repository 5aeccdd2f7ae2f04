import type { Connection } from './connection.ts'
import type { Requests } from './requests.ts'

type Target = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
type Page = Target & { visibilityState?: string }

const turns = ['online', 'offline']

/** Tells when a line is to be doubted: the network has gone or is there again, or somebody looks at the page again. */
export function onWake(wake: () => void): () => void {
  const world = globalThis as unknown as Partial<Target> & { document?: Page }
  const page = world.document
  if (!world.addEventListener || !page) return () => {}
  const seen = () => page.visibilityState === 'visible' && wake()
  for (const turn of turns) world.addEventListener(turn, wake)
  page.addEventListener('visibilitychange', seen)
  return () => {
    for (const turn of turns) world.removeEventListener?.(turn, wake)
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
