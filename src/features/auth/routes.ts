import type { TokenPair } from '../../protocol/users.ts'
import { type Call, isAdmin, type Person, type RouteTable, type Tools } from '../../scope.ts'
import { clearedCookies, readCookie, sessionCookies } from './cookies.ts'
import { bearerToken, requireOrigin, whoAsks } from './guard.ts'
import { logIn } from './login.ts'
import { presentUser } from './present.ts'
import { slowDown } from './rates.ts'
import { closeSession, dropSession, listSessions, refreshSession, startSession } from './sessions.ts'
import { setUp } from './setup.ts'
import { signUp } from './signup.ts'
import { issueTicket, ticketSeconds } from './tickets.ts'

export const authRoutes = {
  async 'POST /auth/signup'(call) {
    const { tools, body, query, request } = call
    slowDown(tools, 'signup', tools.http.addressOf(request))
    const asking = bearerToken(request) === undefined ? nobody : await askingBy(tools, request)
    return welcome(call, await signUp(tools, body, asking, query.invite))
  },
  async 'POST /auth/setup'(call) {
    const { tools, body, request } = call
    slowDown(tools, 'login_address', tools.http.addressOf(request))
    return welcome(call, await setUp(tools, body))
  },
  async 'POST /auth/login'(call) {
    const { tools, body, request } = call
    slowDown(tools, 'login_address', tools.http.addressOf(request))
    const { person, pair } = await logIn(tools, body, userAgent(request))
    return hand(call, person, pair)
  },
  async 'POST /auth/token'({ tools, body, request }) {
    slowDown(tools, 'login_address', tools.http.addressOf(request))
    const { grant_type, username, password, refresh_token } = body
    if (grant_type === 'refresh_token') return (await refreshSession(tools, refresh_token ?? '')).pair
    const login = { ...(username ? { username } : {}), password: password ?? '' }
    return (await logIn(tools, login, userAgent(request))).pair
  },
  async 'POST /auth/refresh'(call) {
    const { tools, body, request } = call
    slowDown(tools, 'refresh', tools.http.addressOf(request))
    const cookie = body.refresh_token === undefined ? readCookie(request, 'parley_refresh') : undefined
    if (cookie !== undefined) requireOrigin(tools, request)
    const { person, pair } = await refreshSession(tools, body.refresh_token ?? cookie ?? '')
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
  if (request.headers.get('x-session') !== 'cookie') return { user, ...pair }
  requireOrigin(tools, request)
  headers['set-cookie'] = sessionCookies(tools, pair)
  return { user, token_type: 'cookie' as const, expires_in: pair.expires_in }
}

function userAgent(request: Request): string {
  return request.headers.get('user-agent') ?? ''
}
