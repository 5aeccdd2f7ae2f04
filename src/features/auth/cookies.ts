import type { TokenPair } from '../../protocol/users.ts'
import type { Tools } from '../../scope.ts'

/** RFC 6265bis: with HttpOnly scripts cannot read it, with SameSite=Strict other sites' requests do not carry it. */
const cookie = (tools: Tools, name: string, value: string, path: string, maxAge: number): string =>
  `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${tools.http.secureCookies ? '; Secure' : ''}`

const deviceSeconds = 365 * 24 * 3600

export function sessionCookies(tools: Tools, pair: TokenPair): string[] {
  return [
    cookie(tools, 'parley_access', pair.access_token, '/', pair.expires_in),
    cookie(tools, 'parley_refresh', pair.refresh_token, '/auth', tools.policy.refreshTokenSeconds),
  ]
}

/** Outlives the session: by it the next login is known to come from a device of this account. */
export const deviceCookie = (tools: Tools, device: string): string =>
  cookie(tools, 'parley_device', device, '/auth', deviceSeconds)

export function clearedCookies(tools: Tools): string[] {
  return [cookie(tools, 'parley_access', '', '/', 0), cookie(tools, 'parley_refresh', '', '/auth', 0)]
}

type CookieName = 'parley_access' | 'parley_refresh' | 'parley_device'

export function readCookie(request: Request, name: CookieName): string | undefined {
  for (const part of request.headers.get('cookie')?.split(';') ?? []) {
    const equals = part.indexOf('=')
    if (part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim() || undefined
  }
  return undefined
}
