import {
  createBot as createBotAccount,
  createBotToken as createTokenOf,
  findBot,
  listBots,
  listBotTokens,
  revokeBotToken,
} from '../features/tokens/bots.ts'
import { ChatError } from '../protocol/errors.ts'
import { NewBot, NewToken } from '../protocol/tokens.ts'
import { isBanned, type Tools } from '../scope.ts'
import { checkParams } from './check.ts'
import { columns } from './columns.ts'
import type { Outcome } from './operation.ts'
import { plural } from './plural.ts'

/** As typed on the command line: scopes are separated by commas. */
type TokenOptions = { username: string; label?: string; scopes?: string; days?: string }

const defaultScopes = 'read,write'

/** A bot and its first token, shown once. */
export async function createBot(tools: Tools, options: TokenOptions & { name?: string }): Promise<Outcome> {
  const { username, name } = options
  const bot = checkParams(NewBot, { username, ...(name !== undefined && { display_name: name }) })
  const newToken = checkNewToken(options)
  if (newToken.scopes.includes('admin')) {
    throw new ChatError('bot_not_admin')
  }
  const made = await createBotAccount(tools, bot)
  const { lines, data } = await issueToken(tools, made.username, newToken)
  return { lines: [`created bot ${made.username}`, ...lines], data }
}

export async function createBotToken(tools: Tools, options: TokenOptions): Promise<Outcome> {
  return issueToken(tools, options.username, checkNewToken(options))
}

async function issueToken(tools: Tools, username: string, newToken: NewToken): Promise<Outcome> {
  const token = await createTokenOf(tools, username, newToken)
  const until = token.expires_at.slice(0, 10)
  const lines = [`may ${token.scopes.join(', ')} until ${until}`, `token: ${token.token}`]
  return { lines, data: { username, ...token } }
}

/** A line for each token, and one for a bot that has none. */
export async function listBotsWithTokens(tools: Tools, _params: object): Promise<Outcome> {
  const bots = await Promise.all(
    (await listBots(tools)).map(async (bot) => {
      const { username, displayName } = bot
      const { items } = await listBotTokens(tools, username)
      return { username, display_name: displayName, banned: isBanned(tools, bot), tokens: items }
    }),
  )
  const lines = bots.flatMap(({ username, banned, tokens }) => {
    const state = banned ? ['banned'] : []
    if (tokens.length === 0) return [columns([username, 'no token', ...state])]
    return tokens.map(({ id, name, scopes, used_at, expires_at }) => {
      const used = used_at === undefined ? 'never used' : `used ${used_at.slice(0, 10)}`
      return columns([
        username,
        id,
        name,
        scopes.join(','),
        used,
        `until ${expires_at.slice(0, 10)}`,
        ...state,
      ])
    })
  })
  return { lines, data: bots }
}

/** Revokes one token, or all tokens of the bot. */
export async function revokeBot(
  tools: Tools,
  { username, token }: { username: string; token?: string },
): Promise<Outcome> {
  const bot = await findBot(tools, username)
  const ids = token === undefined ? (await listBotTokens(tools, username)).items.map(({ id }) => id) : [token]
  for (const id of ids) await revokeBotToken(tools, username, id)
  return {
    lines: [`revoked ${plural(ids.length, 'token')} of ${bot.username}`],
    data: { username: bot.username, revoked: ids },
  }
}

function checkNewToken({ label = 'parley bot', scopes = defaultScopes, days }: TokenOptions): NewToken {
  return checkParams(NewToken, {
    name: label,
    scopes: scopes.split(','),
    ...(days !== undefined && { expires_in_days: Number(days) }),
  })
}
