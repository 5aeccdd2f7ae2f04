import { InviteCode, InviteOffer } from '../invites.ts'
import { Forgot, LinkSignIn, Reset } from '../one-time-links.ts'
import type { Route } from '../route.ts'
import {
  Entered,
  Login,
  Refresh,
  SessionPage,
  SetUp,
  SignUp,
  SignUpQuery,
  Ticket,
  TokenPair,
  TokenRequest,
} from '../users.ts'

export const sessionRoutes = {
  'POST /auth/signup': {
    summary: 'Create an account and sign in',
    description:
      'Give `username`, `email` or both. Without `username`, one is made from the email address before the `@`, or from the display name; the response has it. With SIGNUP_EMAIL=required an email address is needed. With SIGNUP=invite it needs the code of an invite. With the header `X-Session: cookie` the tokens are in cookies, where no script can read them, and the response is a `CookieSession`.',
    access: 'public',
    query: SignUpQuery,
    body: SignUp,
    reply: Entered,
    status: 201,
  },
  'POST /auth/setup': {
    summary: 'Create the first administrator with the set-up link',
    description:
      'The server prints the link at its first start. Give `username`, `email` or both, as for signing up.',
    access: 'public',
    body: SetUp,
    reply: Entered,
    status: 201,
  },
  'POST /auth/login': {
    summary: 'Sign in with a username or email address',
    description:
      'Give `username` or `email`. With the header `X-Session: cookie` the tokens are in cookies and the response is a `CookieSession`.',
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
    description:
      'The old refresh token works until the new one is first used; if it is used after that, the session ends. Without `refresh_token`, the cookie is used.',
    access: 'public',
    body: Refresh,
    reply: Entered,
  },
  'POST /auth/invite': {
    summary: 'Read who invites to which room, before signing up',
    description: 'With the code of an invite link. A code that lets nobody in is refused with 404.',
    access: 'public',
    body: InviteCode,
    reply: InviteOffer,
  },
  'POST /auth/forgot': {
    summary: 'Ask for a link to set a new password',
    description:
      'The response is 202 for every address, whether somebody has it or not. If an account has it, and the server sends mail (`mail` of `GET /`), a mail with the link arrives there. Without mail, ask an administrator for a sign-in link.',
    access: 'public',
    body: Forgot,
    status: 202,
  },
  'POST /auth/reset': {
    summary: 'Set a new password with the token of a one-time link',
    description:
      'The token of a mail, or of a sign-in link. It works once, within 30 minutes. Every session and socket of the person ends, and so do their other links. Sign in with the new password.',
    access: 'public',
    body: Reset,
  },
  'POST /auth/link': {
    summary: 'Sign in with the token of a sign-in link',
    description:
      'It works once, within 30 minutes. With `password` it also sets a new password, and ends every other session. With the header `X-Session: cookie` the tokens are in cookies and the response is a `CookieSession`.',
    access: 'public',
    body: LinkSignIn,
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
    description: 'For pages of other origins, which cannot set a header: `/ws?ticket=…`, once, within 30 s.',
    // With a ticket, an API token could open a socket that does not have the token's limits.
    permit: 'person',
    budget: 'create',
    reply: Ticket,
  },
} as const satisfies Record<string, Route>
