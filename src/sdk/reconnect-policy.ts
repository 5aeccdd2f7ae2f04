import { type CloseReason, closeCodes, shouldReconnect } from '../protocol/close.ts'
import type { Ending, Reconnect } from './connection.ts'
import type { Credentials } from './credentials.ts'
import { isUnauthenticated } from './errors.ts'
import type { Renewal } from './renewal.ts'
import type { Rest } from './rest.ts'

type ReconnectOptions = {
  rest: Rest
  renewal: Renewal
  session: Credentials
  end(why: string): void
  isEnded(): boolean
}

/** What to do after a socket has ended: reconnect, renew the session first, or end the client. */
export async function reconnectPolicy(ending: Ending, options: ReconnectOptions): Promise<Reconnect> {
  const { rest, renewal, session, end, isEnded } = options
  if (!shouldReconnect(ending.code)) {
    end(reasonOf(ending.code))
    return 'never'
  }
  try {
    if (ending.code === closeCodes.token_expired.code) {
      // A page renews shortly before its token expires, and its socket is closed all the same: nothing more to do.
      await renewal.renew(session.renewAt() === undefined || ending.liveMs < 5_000)
      return ending.live && ending.liveMs > 5_000 ? 'now' : 'later'
    }
    // A WebSocket does not say why its upgrade was refused. An HTTP request does, and renews or ends the session.
    if (!ending.live) await rest('GET /users/me')
  } catch (error) {
    if (isUnauthenticated(error)) end('not_authenticated')
  }
  return isEnded() ? 'never' : 'later'
}

function reasonOf(code: number): string {
  const names = Object.keys(closeCodes) as CloseReason[]
  return names.find((name) => closeCodes[name].code === code) ?? `close_${code}`
}
