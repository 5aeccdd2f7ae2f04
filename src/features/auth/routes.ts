import type { RouteTable, Tools } from '../../scope.ts'
import { clearedCookies, readCookie } from './cookies.ts'
import { requireOrigin } from './guard.ts'
import { logIn } from './login.ts'
import { limitAttempts } from './rates.ts'
import { issuedSession } from './refresh-token.ts'
import { respondWithSession, signInNewUser } from './session-response.ts'
import { closeSession, endOwnSession, listSessions, refreshSession } from './sessions.ts'
import { setUp } from './setup.ts'
import { issueTicket, ticketSeconds } from './tickets.ts'

export const authRoutes = {
  async 'POST /auth/setup'(call) {
    const { tools, body, request } = call
    limitAttempts(tools, 'setup', tools.http.addressOf(request))
    return signInNewUser(call, await setUp(tools, body))
  },
  async 'POST /auth/login'(call) {
    const { tools, body, request } = call
    const { person, pair } = await logIn(tools, body, request)
    return respondWithSession(call, person, pair)
  },
  async 'POST /auth/token'({ tools, body, request }) {
    const { grant_type, username, password, refresh_token } = body
    if (grant_type === 'refresh_token') return (await refresh(tools, request, refresh_token ?? '')).pair
    const login = { ...(username ? { username } : {}), password: password ?? '' }
    return (await logIn(tools, login, request)).pair
  },
  async 'POST /auth/refresh'(call) {
    const { tools, body, request } = call
    const cookie = body.refresh_token === undefined ? readCookie(tools, request, 'parley_refresh') : undefined
    if (cookie !== undefined) requireOrigin(tools, request)
    const { person, pair } = await refresh(tools, request, body.refresh_token ?? cookie ?? '')
    return respondWithSession(call, person, pair)
  },
  async 'POST /auth/logout'({ scope, headers }) {
    await closeSession(scope, scope.session, 'logged_out')
    headers['set-cookie'] = clearedCookies(scope)
  },
  'GET /auth/sessions': ({ scope }) => listSessions(scope),
  'DELETE /auth/sessions/:id': ({ scope, params }) => endOwnSession(scope, params.id),
  'POST /auth/ticket': async ({ scope }) => ({
    ticket: await issueTicket(scope, scope),
    expires_in: ticketSeconds,
  }),
} satisfies RouteTable

/** By session, so that nobody behind the same address is kept from theirs by another's, or by junk. */
function refresh(tools: Tools, request: Request, token: string) {
  const session = issuedSession(tools.policy.keyFor('refresh token'), token)
  // A page that starts without a session sends nothing, and is refused at once.
  if (session === undefined && token !== '')
    limitAttempts(tools, 'refresh_junk', tools.http.addressOf(request))
  if (session !== undefined) limitAttempts(tools, 'refresh', session)
  return refreshSession(tools, token)
}
