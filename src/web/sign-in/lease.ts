import { cookieSession, type Session } from '../../sdk/credentials.ts'

const key = 'parley.lease'

/*
 * A page cannot see its HttpOnly cookies. So it notes until when the access cookie is good, which is no secret: a reload within
 * that time need not renew the session first, and whoever has no note, a stranger, learns it by one question.
 */

export function leasedSession(storage: Storage | undefined): Session {
  const until = Number(storage?.getItem(key) ?? 0)
  const expires_in = (until - Date.now()) / 1000
  return expires_in > 0 ? cookieSession({ expires_in }) : cookieSession()
}

export function noteLease(storage: Storage | undefined, session: Session): void {
  const until = String(Math.floor(session.renewAt() ?? 0))
  if (until === '0' || storage?.getItem(key) === until) return
  try {
    storage?.setItem(key, until)
  } catch {
    // A full storage costs one renewal at the next load, and nothing else.
  }
}

export const forgetLease = (storage: Storage | undefined): void => storage?.removeItem(key)
