import type { TokenPair } from '../../protocol/users.ts'
import type { Tools } from '../../scope.ts'

type CookieName = 'parley_access' | 'parley_refresh' | 'parley_device'

/**
 * RFC 6265bis section 4.1.3.2: a browser takes a `__Host-` cookie only over TLS from this very host, so that another host of the
 * domain cannot give somebody its own session. Such a cookie cannot be limited to a path.
 */
const nameOf = ({ http }: Tools, name: CookieName): string => (http.secureCookies ? `__Host-${name}` : name)

/** With HttpOnly scripts cannot read it, with SameSite=Strict other sites' requests do not carry it. */
function cookie(tools: Tools, name: CookieName, value: string, path: string, maxAge: number): string {
  const { secureCookies } = tools.http
  const attributes = `Path=${secureCookies ? '/' : path}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict`
  return `${nameOf(tools, name)}=${value}; ${attributes}${secureCookies ? '; Secure' : ''}`
}

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

export function readCookie(tools: Tools, request: Request, name: CookieName): string | undefined {
  const given = nameOf(tools, name)
  for (const part of request.headers.get('cookie')?.split(';') ?? []) {
    const equals = part.indexOf('=')
    if (part.slice(0, equals).trim() === given) return part.slice(equals + 1).trim() || undefined
  }
  return undefined
}
