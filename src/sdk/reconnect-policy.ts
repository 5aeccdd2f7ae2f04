import { type CloseReason, closeCodes, comesBack } from '../protocol/close.ts'
import type { Ending, Verdict } from './connection.ts'
import type { Session } from './credentials.ts'
import { isUnauthenticated } from './errors.ts'
import type { Renewal } from './renewal.ts'
import type { Rest } from './rest.ts'

export type AfterEnding = {
  rest: Rest
  renewal: Renewal
  session: Session
  end(why: string): void
  isEnded(): boolean
}

/** What to do when a socket has ended. */
export async function afterEnding(ending: Ending, after: AfterEnding): Promise<Verdict> {
  const { rest, renewal, session, end, isEnded } = after
  if (!comesBack(ending.code)) {
    end(reasonOf(ending.code))
    return 'never'
  }
  try {
    if (ending.code === closeCodes.token_expired.code) {
      // A page renews a little before the end and is then told that its old token has expired: nothing more to do.
      await renewal.renew(session.renewAt() === undefined || ending.liveMs < 5_000)
      return ending.live && ending.liveMs > 5_000 ? 'now' : 'again'
    }
    // Nobody is told why an upgrade was refused. HTTP is, and renews or ends the session.
    if (!ending.live) await rest('GET', '/users/me')
  } catch (error) {
    if (isUnauthenticated(error)) end('not_authenticated')
  }
  return isEnded() ? 'never' : 'again'
}

function reasonOf(code: number): string {
  const names = Object.keys(closeCodes) as CloseReason[]
  return names.find((name) => closeCodes[name].code === code) ?? `close_${code}`
}
