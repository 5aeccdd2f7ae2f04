import { Elysia } from 'elysia'
import { ApiToken, BotDraft, BotTokenPath, TokenDraft, TokenPage, TokenPath } from '../../protocol/tokens.ts'
import { BotPage, User, UserPath } from '../../protocol/users.ts'
import type { Tools } from '../../scope.ts'
import { guard } from '../auth/guard.ts'
import { presentUser } from '../auth/present.ts'
import { listBots, listBotTokens, makeBot, makeBotToken, revokeBotToken } from './bots.ts'
import { listTokens, makeOwnToken, revokeToken } from './token.ts'

export const tokenRoutes = (tools: Tools) =>
  new Elysia({ name: 'tokens', tags: ['tokens'] })
    .use(guard(tools))
    .post(
      '/tokens',
      async ({ scope, body, set }) => {
        set.headers['cache-control'] = 'no-store'
        const made = await makeOwnToken(scope, body)
        set.status = 201
        return made
      },
      {
        auth: true,
        body: TokenDraft,
        response: { 201: ApiToken },
        detail: { summary: 'A token for programs, told once' },
      },
    )
    .get('/tokens', ({ scope }) => listTokens(scope, scope.actor), {
      auth: true,
      response: { 200: TokenPage },
      detail: { summary: 'One’s own tokens that still work' },
    })
    .delete(
      '/tokens/:id',
      async ({ scope, params, set }) => {
        await revokeToken(scope, scope.actor, params.id)
        set.status = 204
      },
      { auth: true, params: TokenPath, detail: { summary: 'Revoke a token, its sockets too' } },
    )
    .post(
      '/bots',
      async ({ scope, body, set }) => {
        const bot = await makeBot(scope, body)
        set.status = 201
        return presentUser(bot, { withEmail: true })
      },
      {
        auth: 'admin',
        body: BotDraft,
        response: { 201: User },
        detail: { summary: 'Make a bot account: admins' },
      },
    )
    .get(
      '/bots',
      async ({ scope }) => {
        const bots = await listBots(scope)
        return { items: bots.map((bot) => presentUser(bot, { withEmail: true })) }
      },
      { auth: 'admin', response: { 200: BotPage }, detail: { summary: 'All bots: admins' } },
    )
    .post(
      '/bots/:username/tokens',
      async ({ scope, params, body, set }) => {
        set.headers['cache-control'] = 'no-store'
        const made = await makeBotToken(scope, params.username, body)
        set.status = 201
        return made
      },
      {
        auth: 'admin',
        params: UserPath,
        body: TokenDraft,
        response: { 201: ApiToken },
        detail: { summary: 'A token of a bot, told once: admins' },
      },
    )
    .get('/bots/:username/tokens', ({ scope, params }) => listBotTokens(scope, params.username), {
      auth: 'admin',
      params: UserPath,
      response: { 200: TokenPage },
      detail: { summary: 'The tokens of a bot: admins' },
    })
    .delete(
      '/bots/:username/tokens/:id',
      async ({ scope, params, set }) => {
        await revokeBotToken(scope, params.username, params.id)
        set.status = 204
      },
      {
        auth: 'admin',
        params: BotTokenPath,
        detail: { summary: 'Revoke a token of a bot, its sockets too: admins' },
      },
    )
