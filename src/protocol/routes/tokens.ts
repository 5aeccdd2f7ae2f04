import type { Route } from '../route.ts'
import { ApiToken, NewBot, NewToken, TokenPage } from '../tokens.ts'
import { BotPage, User } from '../users.ts'

export const tokenRoutes = {
  'POST /tokens': {
    summary: 'Create an API token; it is shown only in this response',
    permit: 'person',
    budget: 'create',
    body: NewToken,
    reply: ApiToken,
    status: 201,
  },
  'GET /tokens': {
    summary: 'List your valid API tokens',
    permit: 'person',
    budget: 'read',
    reply: TokenPage,
  },
  'DELETE /tokens/:id': {
    summary: 'Revoke an API token and close its sockets',
    permit: 'person',
    budget: 'account',
  },
  'POST /bots': {
    summary: 'Create a bot (administrators only)',
    access: 'admin',
    // An administrator's API token may not: the bots and tokens that it created would outlive it.
    permit: 'person',
    budget: 'create',
    body: NewBot,
    reply: User,
    status: 201,
  },
  'GET /bots': {
    summary: 'List all bots (administrators only)',
    access: 'admin',
    permit: 'admin',
    budget: 'read',
    reply: BotPage,
  },
  'POST /bots/:username/tokens': {
    summary: 'Create a bot’s API token; it is shown only in this response (administrators only)',
    access: 'admin',
    permit: 'person',
    budget: 'create',
    body: NewToken,
    reply: ApiToken,
    status: 201,
  },
  'GET /bots/:username/tokens': {
    summary: 'List a bot’s valid API tokens (administrators only)',
    access: 'admin',
    permit: 'person',
    budget: 'read',
    reply: TokenPage,
  },
  'DELETE /bots/:username/tokens/:id': {
    summary: 'Revoke a bot’s API token and close its sockets (administrators only)',
    access: 'admin',
    permit: 'person',
    budget: 'account',
  },
} as const satisfies Record<string, Route>
