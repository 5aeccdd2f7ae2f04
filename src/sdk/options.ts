import type { BackoffOptions } from './backoff.ts'
import type { Credentials, Fetch } from './credentials.ts'
import type { SocketMaker } from './socket.ts'
import type { UnsentStorage } from './unsent.ts'

export type ClientOptions = {
  /** The server, without a path: `https://chat.example`; in a page `location.origin`. */
  url: string
  /** The user who connects: from `logIn` or `signUp`, or from `tokenSession`, `cookieSession` or `apiTokenSession`. */
  session: Credentials
  /** Both are the runtime's own by default. Node has a WebSocket since version 22. */
  fetch?: Fetch
  WebSocket?: SocketMaker
  /** Keeps unsent messages over a reload: `localStorage`, for example. By default they are in memory only. */
  storage?: UnsentStorage
  /** How long to wait before reconnecting: 500 ms at first, at most 20 s, with jitter, unless the server says when. */
  backoff?: BackoffOptions
}
