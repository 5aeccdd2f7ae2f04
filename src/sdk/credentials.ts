import type { CookieSession, TokenPair } from '../protocol/users.ts'
import { fromResponse, RequestError } from './errors.ts'
import { expiryOf } from './expiry.ts'

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>
/** Where the server is (`https://chat.example`), and how to get there: the runtime's own `fetch` by default. */
export type Door = { url: string; fetch?: Fetch }

/** How a client proves who it is, and how it goes on doing so. */
export type Session = {
  /** `token`: a header carries it. `cookie`: the browser does, unseen by scripts. */
  readonly kind: 'token' | 'cookie'
  /** The access token of a token session. */
  token(): string | undefined
  /** Epoch milliseconds at which to renew, if known: shortly before the access token expires. */
  renewAt(): number | undefined
  /**
   * Renews, once however many ask at the same time. Rejects with `unauthenticated` when the session has ended, with
   * `unreachable` or another passing error when it may work later.
   */
  renew(door: Door): Promise<void>
}

export type Tokens = { access_token: string; refresh_token: string; expires_in?: number }

/** For programs that keep their tokens themselves. `onRenew` gets each new pair, to be stored: the old one is spent. */
export function tokenSession(tokens: Tokens & { onRenew?: (pair: TokenPair) => void }): Session {
  let current: Tokens = tokens
  let renewAt = soonBefore(expiryOf(tokens.access_token, tokens.expires_in))
  return {
    kind: 'token',
    token: () => current.access_token,
    renewAt: () => renewAt,
    renew: onceAtATime(async (door) => {
      const pair = (await postRefresh(door, { refresh_token: current.refresh_token }, {})) as TokenPair
      current = pair
      renewAt = soonBefore(expiryOf(pair.access_token, pair.expires_in))
      tokens.onRenew?.(pair)
    }),
  }
}

/** For bots and scripts: one token that is never renewed (`POST /tokens`, `parley token`). */
export function apiTokenSession(token: string): Session {
  return {
    kind: 'token',
    token: () => token,
    renewAt: () => undefined,
    renew: () => Promise.reject(new RequestError('unauthenticated', 'The token is wrong, or has expired')),
  }
}

/**
 * For a page: the tokens live in HttpOnly cookies. `expires_in` as told at log-in. Without it, after a reload, the session is
 * renewed before anything else: who has none learns it by one question, and who has one knows when to renew it again.
 */
export function cookieSession({ expires_in }: { expires_in?: number } = {}): Session {
  const inSeconds = (seconds: number) => soonBefore(Date.now() + seconds * 1000)
  let renewAt = expires_in === undefined ? 0 : inSeconds(expires_in)
  return {
    kind: 'cookie',
    token: () => undefined,
    renewAt: () => renewAt,
    renew: onceAtATime((door) =>
      oneTabAtATime(async () => {
        const answer = (await postRefresh(door, {}, { 'x-session': 'cookie' })) as CookieSession
        renewAt = inSeconds(answer.expires_in)
      }),
    ),
  }
}

/** Tabs share the cookie: of those that come back together, one could show what another has just spent, as a thief would. */
const oneTabAtATime = (renew: () => Promise<void>): Promise<void> =>
  globalThis.navigator?.locks?.request('parley.renewal', renew) ?? renew()

/** A minute before, or after four fifths of a short life. */
const soonBefore = (expiresAt: number | undefined) => {
  if (expiresAt === undefined) return undefined
  return expiresAt - Math.min(60_000, Math.max(0, (expiresAt - Date.now()) / 5))
}

async function postRefresh(door: Door, body: object, headers: Record<string, string>): Promise<unknown> {
  const ask = door.fetch ?? fetch
  const response = await ask(`${door.url}/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    credentials: headers['x-session'] ? 'include' : 'omit',
    signal: AbortSignal.timeout(15_000),
  }).catch(() => {
    throw new RequestError('unreachable', 'The server cannot be reached')
  })
  if (!response.ok) throw await fromResponse(response)
  return response.json()
}

/** A rotated refresh token must not be used by two callers side by side. */
function onceAtATime(renew: (door: Door) => Promise<void>): (door: Door) => Promise<void> {
  let underWay: Promise<void> | undefined
  return (door) => {
    underWay ??= renew(door).finally(() => {
      underWay = undefined
    })
    return underWay
  }
}
