import type { TokenPair } from '../../protocol/users.ts'
import { type Call, isAdmin, type Person, type RouteTable, type Tools } from '../../scope.ts'
import { clearedCookies, deviceCookie, readCookie, sessionCookies } from './cookies.ts'
import { issueDevice } from './devices.ts'
import { bearerToken, requireOrigin, whoAsks } from './guard.ts'
import { logIn } from './login.ts'
import { presentUser } from './present.ts'
import { slowDown } from './rates.ts'
import { issuedSession } from './refresh-token.ts'
import { closeSession, dropSession, listSessions, refreshSession, startSession } from './sessions.ts'
import { setUp } from './setup.ts'
import { signUp } from './signup.ts'
import { issueTicket, ticketSeconds } from './tickets.ts'

export const authRoutes = {
  async 'POST /auth/signup'(call) {
    const { tools, body, query, request } = call
    const asking = bearerToken(request) === undefined ? nobody : await askingBy(tools, request)
    // Administrators are known, and may bring a whole school from one address.
    if (!asking.admin) slowDown(tools, 'signup', tools.http.addressOf(request))
    return welcome(call, await signUp(tools, body, asking, query.invite))
  },
  async 'POST /auth/setup'(call) {
    const { tools, body, request } = call
    slowDown(tools, 'setup', tools.http.addressOf(request))
    return welcome(call, await setUp(tools, body))
  },
  async 'POST /auth/login'(call) {
    const { tools, body, request } = call
    const { person, pair } = await logIn(tools, body, request)
    return hand(call, person, pair)
  },
  async 'POST /auth/token'({ tools, body, request }) {
    const { grant_type, username, password, refresh_token } = body
    if (grant_type === 'refresh_token') return (await refresh(tools, request, refresh_token ?? '')).pair
    const login = { ...(username ? { username } : {}), password: password ?? '' }
    return (await logIn(tools, login, request)).pair
  },
  async 'POST /auth/refresh'(call) {
    const { tools, body, request } = call
    const cookie = body.refresh_token === undefined ? readCookie(request, 'parley_refresh') : undefined
    if (cookie !== undefined) requireOrigin(tools, request)
    const { person, pair } = await refresh(tools, request, body.refresh_token ?? cookie ?? '')
    return hand(call, person, pair)
  },
  async 'POST /auth/logout'({ scope, headers }) {
    await closeSession(scope, scope.session, 'logged_out')
    headers['set-cookie'] = clearedCookies(scope)
  },
  'GET /auth/sessions': ({ scope }) => listSessions(scope),
  'DELETE /auth/sessions/:id': ({ scope, params }) => dropSession(scope, params.id),
  'POST /auth/ticket': ({ scope }) => ({ ticket: issueTicket(scope, scope), expires_in: ticketSeconds }),
} satisfies RouteTable

/** By session, so that nobody behind the same address is kept from theirs by another's, or by junk. */
function refresh(tools: Tools, request: Request, token: string) {
  const session = issuedSession(tools.policy.keyFor('refresh token'), token)
  // A page that starts without a session sends nothing, and is refused at once.
  if (session === undefined && token !== '') slowDown(tools, 'refresh_junk', tools.http.addressOf(request))
  if (session !== undefined) slowDown(tools, 'refresh', session)
  return refreshSession(tools, token)
}

const nobody = { admin: false }

async function askingBy(tools: Tools, request: Request) {
  const { scope } = await whoAsks(tools, request)
  return { admin: isAdmin(scope), id: scope.actor.id, byToken: scope.limitedTo !== undefined }
}

type Entering = Pick<Call<'POST /auth/login'>, 'tools' | 'request' | 'headers'>

async function welcome(call: Entering, person: Person) {
  return hand(call, person, await startSession(call.tools, person, userAgent(call.request)))
}

/** A page asks for a cookie session, so that no script ever holds a token; anyone else gets the tokens. */
function hand({ tools, request, headers }: Entering, person: Person, pair: TokenPair) {
  const user = presentUser(person, { withEmail: true })
  const device = issueDevice(tools, person.id)
  headers['x-device'] = device
  if (request.headers.get('x-session') !== 'cookie') return { user, ...pair }
  requireOrigin(tools, request)
  headers['set-cookie'] = [...sessionCookies(tools, pair), deviceCookie(tools, device)]
  return { user, token_type: 'cookie' as const, expires_in: pair.expires_in }
}

function userAgent(request: Request): string {
  return request.headers.get('user-agent') ?? ''
}
