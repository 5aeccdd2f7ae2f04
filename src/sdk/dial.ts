import type { Credentials } from './credentials.ts'
import { failure } from './errors.ts'
import type { Renewal } from './renewal.ts'
import type { Rest } from './rest.ts'
import { canSetHeaders, type Socket, type SocketMaker, socketUrl } from './socket.ts'

type DialOptions = {
  url: string
  session: Credentials
  rest: Rest
  renewal: Renewal
  WebSocket?: SocketMaker
}

/** Opens a socket. It authenticates by header where the runtime can set one, in a browser by a one-use ticket or cookie. */
export function createDial({
  url,
  session,
  rest,
  renewal,
  WebSocket: Given,
}: DialOptions): () => Promise<Socket> {
  return async () => {
    await renewal.renew()
    const Maker = Given ?? ownSocketMaker()
    if (session.kind === 'cookie') return new Maker(socketUrl(url))
    if (canSetHeaders()) {
      const options = { headers: { authorization: `Bearer ${session.token()}` } }
      return new Maker(socketUrl(url), options as never)
    }
    const { ticket } = await rest('POST /auth/ticket')
    return new Maker(`${socketUrl(url)}?ticket=${encodeURIComponent(ticket)}`)
  }
}

/** Node has its own WebSocket since version 22. */
export function ownSocketMaker(): SocketMaker {
  if (typeof WebSocket === 'undefined') throw failure('websocket_missing')
  return WebSocket
}
