import { constantTimeEqual, keyedHash } from '../../crypto/keys.ts'

/*
 * A refresh token is `session.secret.mark`. The mark proves that we issued it, so that a guessed token cannot end
 * somebody's session as "reuse". The next token is derived from the current one: twenty tabs that refresh at the same time
 * all get the same next token, and none of them is logged out.
 */

export function firstRefreshToken(key: Uint8Array, session: string, random: string): string {
  return marked(key, `${session}.${random}`)
}

export function nextRefreshToken(key: Uint8Array, token: string): string {
  return marked(key, `${sessionOf(token)}.${keyedHash(key, `next ${token}`)}`)
}

/** The session of a token that we issued; undefined for anything else. */
export function issuedSession(key: Uint8Array, token: string): string | undefined {
  const end = token.lastIndexOf('.')
  if (end < 0 || !constantTimeEqual(marked(key, token.slice(0, end)), token)) return undefined
  return sessionOf(token)
}

const sessionOf = (token: string): string => token.slice(0, token.indexOf('.'))

const marked = (key: Uint8Array, body: string): string =>
  `${body}.${keyedHash(key, `mark ${body}`).slice(0, 22)}`
