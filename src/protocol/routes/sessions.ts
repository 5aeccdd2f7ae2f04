import { Type } from '@sinclair/typebox'
import type { Route } from '../route.ts'
import {
  CookieSession,
  Login,
  Refresh,
  SessionPage,
  SetUp,
  SignedIn,
  SignUp,
  SignUpQuery,
  Ticket,
  TokenPair,
  TokenRequest,
} from '../users.ts'

/** With the header `X-Session: cookie` the response sets cookies, for web pages. */
const Entered = Type.Union([SignedIn, CookieSession])

export const sessionRoutes = {
  'POST /auth/signup': {
    summary: 'Create an account and sign in',
    access: 'public',
    query: SignUpQuery,
    body: SignUp,
    reply: Entered,
    status: 201,
  },
  'POST /auth/setup': {
    summary: 'Create the first administrator with the set-up link',
    access: 'public',
    body: SetUp,
    reply: Entered,
    status: 201,
  },
  'POST /auth/login': {
    summary: 'Sign in with a username or email address',
    access: 'public',
    body: Login,
    reply: Entered,
  },
  'POST /auth/token': {
    summary: 'Get tokens as OAuth 2 does (the Authorize button of Swagger uses this)',
    access: 'public',
    body: TokenRequest,
    bodyIs: 'form',
    reply: TokenPair,
  },
  'POST /auth/refresh': {
    summary: 'Exchange a refresh token for new tokens',
    access: 'public',
    body: Refresh,
    reply: Entered,
  },
  'POST /auth/logout': {
    summary: 'Sign out: end this session and its sockets',
    permit: 'person',
    budget: 'account',
  },
  'GET /auth/sessions': {
    summary: 'List your sessions',
    permit: 'person',
    budget: 'account',
    reply: SessionPage,
  },
  'DELETE /auth/sessions/:id': {
    summary: 'End one of your sessions and its sockets',
    permit: 'person',
    budget: 'account',
  },
  'POST /auth/ticket': {
    summary: 'Get a ticket that opens one socket',
    // With a ticket, an API token could open a socket that does not have the token's limits.
    permit: 'person',
    budget: 'create',
    reply: Ticket,
  },
} as const satisfies Record<string, Route>
