import type { RouteTable } from '../../scope.ts'
import { presentUser } from '../auth/present.ts'
import { createBot, createBotToken, listBots, listBotTokens, revokeBotToken } from './bots.ts'
import { createOwnToken, listTokens, revokeToken } from './token.ts'

export const tokenRoutes = {
  'POST /tokens': ({ scope, body }) => createOwnToken(scope, body),
  'GET /tokens': ({ scope }) => listTokens(scope, scope.actor),
  'DELETE /tokens/:id': ({ scope, params }) => revokeToken(scope, scope.actor, params.id, 'self'),
  'POST /bots': async ({ scope, body }) =>
    presentUser(scope, await createBot(scope, body), { withEmail: true }),
  async 'GET /bots'({ scope }) {
    const bots = await listBots(scope)
    return { items: bots.map((bot) => presentUser(scope, bot, { withEmail: true })) }
  },
  'POST /bots/:username/tokens': ({ scope, params, body }) => createBotToken(scope, params.username, body),
  'GET /bots/:username/tokens': ({ scope, params }) => listBotTokens(scope, params.username),
  'DELETE /bots/:username/tokens/:id': ({ scope, params }) =>
    revokeBotToken(scope, params.username, params.id),
} satisfies RouteTable
