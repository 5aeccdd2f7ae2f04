import type { BackoffOptions } from './backoff.ts'
import type { Fetch, Session } from './credentials.ts'
import type { SocketMaker } from './socket.ts'
import type { Drafts } from './unsent.ts'

export type ClientOptions = {
  /** Of the server, without a path: `https://chat.example`; a page says `location.origin`. */
  url: string
  /** Who is connecting: from `logIn` or `signUp`, or `tokenSession`, `cookieSession`, `apiTokenSession`. */
  session: Session
  /** The runtime's own by default, as is `WebSocket`, which Node has from version 22 on. */
  fetch?: Fetch
  WebSocket?: SocketMaker
  /** Keeps unsent messages over a reload: `localStorage`, or anything like it. In memory only by default. */
  storage?: Drafts
  /** How long to wait between tries: 500 ms at first, at most 20 s, with jitter. A hint of the server goes first. */
  backoff?: BackoffOptions
}
