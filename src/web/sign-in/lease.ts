import { type Credentials, cookieSession } from '../../sdk/credentials.ts'

const key = 'parley.lease'

/*
 * A page cannot read its HttpOnly cookies. So it stores when the access cookie expires, which is no secret: a reload before
 * then does not have to renew the session. Without a stored time, one request tells whether there is a session.
 */

export function leasedSession(storage: Storage | undefined): Credentials {
  const until = Number(storage?.getItem(key) ?? 0)
  const expires_in = (until - Date.now()) / 1000
  return expires_in > 0 ? cookieSession({ expires_in }) : cookieSession()
}

export function noteLease(storage: Storage | undefined, session: Credentials): void {
  const until = String(Math.floor(session.renewAt() ?? 0))
  if (until === '0' || storage?.getItem(key) === until) return
  try {
    storage?.setItem(key, until)
  } catch {
    // With a full storage, the next load renews the session once more.
  }
}

export const forgetLease = (storage: Storage | undefined): void => storage?.removeItem(key)
