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

/** A page asks for a cookie session by `X-Session: cookie`. */
const Entered = Type.Union([SignedIn, CookieSession])

export const sessionRoutes = {
  'POST /auth/signup': {
    summary: 'Make an account and sign in',
    access: 'public',
    query: SignUpQuery,
    body: SignUp,
    reply: Entered,
    status: 201,
    noStore: true,
  },
  'POST /auth/setup': {
    summary: 'Make the first admin with the printed link',
    access: 'public',
    body: SetUp,
    reply: Entered,
    status: 201,
    noStore: true,
  },
  'POST /auth/login': {
    summary: 'Sign in by username or email',
    access: 'public',
    body: Login,
    reply: Entered,
    noStore: true,
  },
  'POST /auth/token': {
    summary: 'The OAuth2 form, so that the Authorize button of Swagger works',
    access: 'public',
    body: TokenRequest,
    bodyIs: 'form',
    reply: TokenPair,
    // RFC 6749 section 5.1.
    noStore: true,
  },
  'POST /auth/refresh': {
    summary: 'Rotate the refresh token',
    access: 'public',
    body: Refresh,
    reply: Entered,
    noStore: true,
  },
  'POST /auth/logout': { summary: 'End this session, its sockets too', permit: 'person' },
  'GET /auth/sessions': { summary: 'Where one is signed in', permit: 'person', reply: SessionPage },
  'DELETE /auth/sessions/:id': { summary: 'End one session, its sockets too', permit: 'person' },
  'POST /auth/ticket': {
    summary: 'A ticket for one socket',
    // A ticket would be a socket without the limits of its token.
    permit: 'person',
    reply: Ticket,
  },
} as const satisfies Record<string, Route>
