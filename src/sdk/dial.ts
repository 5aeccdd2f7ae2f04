import type { Session } from './credentials.ts'
import { RequestError } from './errors.ts'
import type { Renewal } from './renewal.ts'
import type { Rest } from './rest.ts'
import { canSetHeaders, type Socket, type SocketMaker, socketUrl } from './socket.ts'

export type DialOptions = { url: string; session: Session; rest: Rest; renewal: Renewal; made?: SocketMaker }

/** Makes the socket of a session: by header where the runtime can, in a browser by one-use ticket or cookie. */
export function createDial({ url, session, rest, renewal, made }: DialOptions): () => Promise<Socket> {
  return async () => {
    await renewal.renew()
    const Maker = made ?? ownSocketMaker()
    if (session.kind === 'cookie') return new Maker(socketUrl(url))
    if (canSetHeaders()) {
      const options = { headers: { authorization: `Bearer ${session.token()}` } }
      return new Maker(socketUrl(url), options as never)
    }
    const { ticket } = await rest<{ ticket: string }>('POST', '/auth/ticket')
    return new Maker(`${socketUrl(url)}?ticket=${encodeURIComponent(ticket)}`)
  }
}

/** Node has a WebSocket of its own from version 22 on. */
export function ownSocketMaker(): SocketMaker {
  if (typeof WebSocket === 'undefined')
    throw new RequestError('unsupported', 'There is no WebSocket here: pass one to createClient')
  return WebSocket
}
