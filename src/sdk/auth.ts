import type { About } from '../protocol/about.ts'
import type { LinkSignIn, Reset } from '../protocol/one-time-links.ts'
import type { CookieSession, Login, SetUp, SignedIn, SignUp, User } from '../protocol/users.ts'
import { type Credentials, cookieSession, type Endpoint, tokenSession } from './credentials.ts'
import { failure, fromResponse } from './errors.ts'
import type { Rest } from './rest.ts'
import { type Abortable, timeoutSignal } from './waiting.ts'

/** `cookie: true` for pages: the tokens are in HttpOnly cookies, out of reach of scripts. `onRenew`: see `tokenSession`. */
export type AuthEndpoint = Endpoint &
  Abortable & {
    cookie?: boolean
    onRenew?: Parameters<typeof tokenSession>[0]['onRenew']
    /** The code of an invite, for servers where only invited people may sign up. */
    invite?: string
  }

/** `session` is what `createClient` takes; `tokens` is absent in cookie mode. */
export type Authenticated = { user: User; session: Credentials; tokens?: SignedIn }

/** Creates an account and signs in. Rejects with `conflict` (the name or address is taken), `invalid` or `rate_limited`. */
export const signUp = (endpoint: AuthEndpoint, account: SignUp): Promise<Authenticated> =>
  post(endpoint, 'signup', account)
/**
 * With a username or an email address. Rejects with `unauthenticated`, with the reason `account_banned` (its `params` may
 * have `reason` and `until`), or with `rate_limited` after many tries.
 */
export const logIn = (endpoint: AuthEndpoint, login: Login): Promise<Authenticated> =>
  post(endpoint, 'login', login)
/** Creates the first administrator, with the one-time code that the server prints. */
export const setUp = (endpoint: AuthEndpoint, account: SetUp): Promise<Authenticated> =>
  post(endpoint, 'setup', account)

/**
 * With the token of a sign-in link, which is what follows `#sign-in=`. With `password` it also sets a new one. Rejects with the
 * reason `link_invalid` if somebody has used it, or if it is older than 30 minutes.
 */
export const signInByLink = (endpoint: AuthEndpoint, link: LinkSignIn): Promise<Authenticated> =>
  post(endpoint, 'link', link)
/** Asks for a mail with a link to set a new password. It resolves for every address, whether somebody has it or not. */
export const forgotPassword = async (endpoint: AuthEndpoint, email: string): Promise<void> =>
  void (await send(endpoint, 'forgot', { email }))
/** Sets a new password with the token of a link, and ends every session. Rejects with `link_invalid`, or with what is wrong with the password. */
export const resetPassword = async (endpoint: AuthEndpoint, reset: Reset): Promise<void> =>
  void (await send(endpoint, 'reset', reset))

/** Which server this is, and what it asks of people who sign up. Rejects with `unreachable`; of a server before 0.2 with a syntax error. */
export async function about({ url, fetch: ask = fetch, signal }: Endpoint & Abortable): Promise<About> {
  const response = await ask(`${url}/`, {
    headers: { accept: 'application/json' },
    signal: timeoutSignal(10_000, signal),
  }).catch(() => {
    signal?.throwIfAborted()
    throw failure('unreachable')
  })
  if (!response.ok) throw await fromResponse(response)
  return (await response.json()) as About
}

/** Ends this session and its sockets. */
export const logOut = (rest: Rest): Promise<void> => rest('POST /auth/logout')
/** The signed-in user; rejects with `unauthenticated` if nobody is signed in. */
export const me = (rest: Rest): Promise<User> => rest('GET /users/me')

async function post(
  endpoint: AuthEndpoint,
  route: 'signup' | 'login' | 'setup' | 'link',
  body: object,
): Promise<Authenticated> {
  const invite =
    route === 'signup' && endpoint.invite !== undefined
      ? `?invite=${encodeURIComponent(endpoint.invite)}`
      : ''
  const response = await send(endpoint, `${route}${invite}`, body)
  const signedIn = (await response.json()) as SignedIn | CookieSession
  if (signedIn.token_type === 'cookie')
    return { user: signedIn.user, session: cookieSession({ expires_in: signedIn.expires_in }) }
  const onRenew = endpoint.onRenew ? { onRenew: endpoint.onRenew } : {}
  return { user: signedIn.user, session: tokenSession({ ...signedIn, ...onRenew }), tokens: signedIn }
}

async function send(endpoint: AuthEndpoint, route: string, body: object): Promise<Response> {
  const response = await (endpoint.fetch ?? fetch)(`${endpoint.url}/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(endpoint.cookie ? { 'x-session': 'cookie' } : {}) },
    body: JSON.stringify(body),
    credentials: endpoint.cookie ? 'include' : 'omit',
    // Passwords are hashed in a bounded queue, so that the response may take a while.
    signal: timeoutSignal(30_000, endpoint.signal),
  }).catch(() => {
    endpoint.signal?.throwIfAborted()
    throw failure('unreachable')
  })
  if (!response.ok) throw await fromResponse(response)
  return response
}
