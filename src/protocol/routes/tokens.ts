import type { Route } from '../route.ts'
import { ApiToken, BotDraft, TokenDraft, TokenPage } from '../tokens.ts'
import { BotPage, User } from '../users.ts'

export const tokenRoutes = {
  'POST /tokens': {
    summary: 'A token for programs, told once',
    permit: 'person',
    body: TokenDraft,
    reply: ApiToken,
    status: 201,
    noStore: true,
  },
  'GET /tokens': { summary: 'One’s own tokens that still work', permit: 'person', reply: TokenPage },
  'DELETE /tokens/:id': { summary: 'Revoke a token, its sockets too', permit: 'person' },
  'POST /bots': {
    summary: 'Make a bot account: admins',
    access: 'admin',
    // Also for the token of an administrator: what it made would outlive it.
    permit: 'person',
    body: BotDraft,
    reply: User,
    status: 201,
  },
  'GET /bots': { summary: 'All bots: admins', access: 'admin', permit: 'admin', reply: BotPage },
  'POST /bots/:username/tokens': {
    summary: 'A token of a bot, told once: admins',
    access: 'admin',
    permit: 'person',
    body: TokenDraft,
    reply: ApiToken,
    status: 201,
    noStore: true,
  },
  'GET /bots/:username/tokens': {
    summary: 'The tokens of a bot: admins',
    access: 'admin',
    permit: 'person',
    reply: TokenPage,
  },
  'DELETE /bots/:username/tokens/:id': {
    summary: 'Revoke a token of a bot, its sockets too: admins',
    access: 'admin',
    permit: 'person',
  },
} as const satisfies Record<string, Route>
