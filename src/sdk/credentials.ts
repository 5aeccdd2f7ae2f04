import type { CookieSession, TokenPair } from '../protocol/users.ts'
import { failure, fromResponse } from './errors.ts'
import { expiryOf } from './expiry.ts'

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>
/** The server's address (`https://chat.example`), and the `fetch` to use: by default the runtime's own. */
export type Endpoint = { url: string; fetch?: Fetch }

/** How a client authenticates, and how it renews that. */
export type Credentials = {
  /** `token`: sent in a header. `cookie`: sent by the browser, out of reach of scripts. */
  readonly kind: 'token' | 'cookie'
  /** The access token of a token session. */
  token(): string | undefined
  /** Epoch milliseconds at which to renew, if known: shortly before the access token expires. */
  renewAt(): number | undefined
  /**
   * Renews the session; calls at the same time share one request. Rejects with `unauthenticated` if the session has
   * ended, and with `unreachable` or another temporary error if it may work later.
   */
  renew(endpoint: Endpoint): Promise<void>
}

export type Tokens = { access_token: string; refresh_token: string; expires_in?: number }

/** For programs that store their tokens. `onRenew` gets each new pair: store it, because the old one no longer works. */
export function tokenSession(tokens: Tokens & { onRenew?: (pair: TokenPair) => void }): Credentials {
  let current: Tokens = tokens
  let renewAt = soonBefore(expiryOf(tokens.access_token, tokens.expires_in))
  return {
    kind: 'token',
    token: () => current.access_token,
    renewAt: () => renewAt,
    renew: onceAtATime(async (endpoint) => {
      const pair = (await postRefresh(endpoint, { refresh_token: current.refresh_token }, {})) as TokenPair
      current = pair
      renewAt = soonBefore(expiryOf(pair.access_token, pair.expires_in))
      tokens.onRenew?.(pair)
    }),
  }
}

/** For bots and scripts: an API token (`POST /tokens`, `parley token`), which is never renewed. */
export function apiTokenSession(token: string): Credentials {
  return {
    kind: 'token',
    token: () => token,
    renewAt: () => undefined,
    renew: () => Promise.reject(failure('token_expired')),
  }
}

/**
 * For pages: the tokens are in HttpOnly cookies. `expires_in`: seconds, from the login. Without it, after a reload, the
 * session is renewed first: one request shows whether there is a session, and when to renew it again.
 */
export function cookieSession({ expires_in }: { expires_in?: number } = {}): Credentials {
  const inSeconds = (seconds: number) => soonBefore(Date.now() + seconds * 1000)
  let renewAt = expires_in === undefined ? 0 : inSeconds(expires_in)
  return {
    kind: 'cookie',
    token: () => undefined,
    renewAt: () => renewAt,
    renew: onceAtATime((endpoint) =>
      oneTabAtATime(async () => {
        const renewed = (await postRefresh(endpoint, {}, { 'x-session': 'cookie' })) as CookieSession
        renewAt = inSeconds(renewed.expires_in)
      }),
    ),
  }
}

/** Tabs share the cookie. If two renewed at once, one would send a spent refresh token, which looks like a theft. */
const oneTabAtATime = (renew: () => Promise<void>): Promise<void> =>
  globalThis.navigator?.locks?.request('parley.renewal', renew) ?? renew()

/** A minute before, or after four fifths of a short lifetime. */
const soonBefore = (expiresAt: number | undefined) => {
  if (expiresAt === undefined) return undefined
  return expiresAt - Math.min(60_000, Math.max(0, (expiresAt - Date.now()) / 5))
}

async function postRefresh(
  endpoint: Endpoint,
  body: object,
  headers: Record<string, string>,
): Promise<unknown> {
  const ask = endpoint.fetch ?? fetch
  const response = await ask(`${endpoint.url}/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    credentials: headers['x-session'] ? 'include' : 'omit',
    signal: AbortSignal.timeout(15_000),
  }).catch(() => {
    throw failure('unreachable')
  })
  if (!response.ok) throw await fromResponse(response)
  return response.json()
}

/** Two callers must not use one refresh token at the same time. */
function onceAtATime(renew: (endpoint: Endpoint) => Promise<void>): (endpoint: Endpoint) => Promise<void> {
  let underWay: Promise<void> | undefined
  return (endpoint) => {
    underWay ??= renew(endpoint).finally(() => {
      underWay = undefined
    })
    return underWay
  }
}
