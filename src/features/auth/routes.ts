import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  CookieSession,
  Login,
  Refresh,
  SessionPage,
  SessionPath,
  SetUp,
  SignedIn,
  SignUp,
  Ticket,
  TokenPair,
  TokenRequest,
} from '../../protocol/users.ts'
import { isAdmin, type Person, type Tools } from '../../scope.ts'
import { clearedCookies, readCookie, sessionCookies } from './cookies.ts'
import { bearerToken, guard, requireOrigin, whoAsks } from './guard.ts'
import { logIn } from './login.ts'
import { presentUser } from './present.ts'
import { slowDown } from './rates.ts'
import { closeSession, dropSession, listSessions, refreshSession, startSession } from './sessions.ts'
import { setUp } from './setup.ts'
import { signUp } from './signup.ts'
import { issueTicket, ticketSeconds } from './tickets.ts'

const answers = Type.Union([SignedIn, CookieSession])
const tags = ['sessions']

/** With SIGNUP=invite, the code of an invite lets one in. */
const InviteQuery = Type.Object(
  { invite: Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: false },
)

export const authRoutes = (tools: Tools) =>
  new Elysia({ name: 'auth', tags })
    .use(guard(tools))
    .post(
      '/auth/signup',
      async ({ body, query, request, set }) => {
        slowDown(tools, 'signup', tools.http.addressOf(request))
        const asking = bearerToken(request) === undefined ? nobody : await askingBy(tools, request)
        const answer = await welcome(tools, request, set, await signUp(tools, body, asking, query.invite))
        set.status = 201
        return answer
      },
      {
        body: SignUp,
        query: InviteQuery,
        response: { 201: answers },
        detail: { summary: 'Make an account and sign in' },
      },
    )
    .post(
      '/auth/setup',
      async ({ body, request, set }) => {
        slowDown(tools, 'login_address', tools.http.addressOf(request))
        const answer = await welcome(tools, request, set, await setUp(tools, body))
        set.status = 201
        return answer
      },
      {
        body: SetUp,
        response: { 201: answers },
        detail: { summary: 'Make the first admin with the printed link' },
      },
    )
    .post(
      '/auth/login',
      async ({ body, request, set }) => {
        slowDown(tools, 'login_address', tools.http.addressOf(request))
        const { person, pair } = await logIn(tools, body, userAgent(request))
        return hand(tools, request, set, person, pair)
      },
      { body: Login, response: { 200: answers }, detail: { summary: 'Sign in by username or email' } },
    )
    .post(
      '/auth/token',
      async ({ body, request, set }) => {
        // RFC 6749 section 5.1: the answer must not be cached.
        set.headers['cache-control'] = 'no-store'
        slowDown(tools, 'login_address', tools.http.addressOf(request))
        const { grant_type, username, password, refresh_token } = body
        if (grant_type === 'refresh_token') return (await refreshSession(tools, refresh_token ?? '')).pair
        const login = { ...(username ? { username } : {}), password: password ?? '' }
        return (await logIn(tools, login, userAgent(request))).pair
      },
      {
        body: TokenRequest,
        parse: 'urlencoded',
        response: { 200: TokenPair },
        detail: { summary: 'The OAuth2 form, so that the Authorize button of Swagger works' },
      },
    )
    .post(
      '/auth/refresh',
      async ({ body, request, set }) => {
        slowDown(tools, 'refresh', tools.http.addressOf(request))
        const cookie = body.refresh_token === undefined ? readCookie(request, 'parley_refresh') : undefined
        if (cookie !== undefined) requireOrigin(tools, request)
        const { person, pair } = await refreshSession(tools, body.refresh_token ?? cookie ?? '')
        return hand(tools, request, set, person, pair)
      },
      { body: Refresh, response: { 200: answers }, detail: { summary: 'Rotate the refresh token' } },
    )
    .post(
      '/auth/logout',
      async ({ scope, set }) => {
        await closeSession(tools, scope.session, 'logged_out')
        set.headers['set-cookie'] = clearedCookies(tools)
        set.status = 204
      },
      { auth: true, detail: { summary: 'End this session, its sockets too' } },
    )
    .get('/auth/sessions', ({ scope }) => listSessions(scope), {
      auth: true,
      response: { 200: SessionPage },
      detail: { summary: 'Where one is signed in' },
    })
    .delete(
      '/auth/sessions/:id',
      async ({ scope, params, set }) => {
        await dropSession(scope, params.id)
        set.status = 204
      },
      { auth: true, params: SessionPath, detail: { summary: 'End one session, its sockets too' } },
    )
    .post('/auth/ticket', ({ scope }) => ({ ticket: issueTicket(tools, scope), expires_in: ticketSeconds }), {
      auth: true,
      response: { 200: Ticket },
      detail: { summary: 'A ticket for one socket' },
    })

const nobody = { admin: false }

async function askingBy(tools: Tools, request: Request) {
  const { scope } = await whoAsks(tools, request)
  return { admin: isAdmin(scope), id: scope.actor.id }
}

type Settable = { headers: Record<string, unknown> }

async function welcome(tools: Tools, request: Request, set: Settable, person: Person) {
  return hand(tools, request, set, person, await startSession(tools, person, userAgent(request)))
}

/** A page asks for a cookie session, so that no script ever holds a token; anyone else gets the tokens. */
function hand(tools: Tools, request: Request, set: Settable, person: Person, pair: TokenPair) {
  const user = presentUser(person, { withEmail: true })
  set.headers['cache-control'] = 'no-store'
  if (request.headers.get('x-session') !== 'cookie') return { user, ...pair }
  requireOrigin(tools, request)
  set.headers['set-cookie'] = sessionCookies(tools, pair)
  return { user, token_type: 'cookie' as const, expires_in: pair.expires_in }
}

function userAgent(request: Request): string {
  return request.headers.get('user-agent') ?? ''
}
