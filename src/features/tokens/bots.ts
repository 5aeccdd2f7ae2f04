import { ChatError } from '../../protocol/errors.ts'
import type { ApiToken, BotDraft, TokenDraft } from '../../protocol/tokens.ts'
import type { Person, Tools } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { people } from '../auth/people.ts'
import { createUser } from '../auth/signup.ts'
import { findPerson } from '../users/find.ts'
import type { Acting } from '../users/roles.ts'
import { listBotRows } from './store.ts'
import { createToken, listTokens, revokeToken } from './token.ts'

const by = ({ actor }: Acting) => (actor ? { actor: actor.id } : {})

/** Creates a user without a password, for programs. */
export async function createBot(acting: Acting, draft: BotDraft): Promise<Person> {
  const bot = await createUser(acting, { ...draft, bot: true })
  const detail = { role: 'user', bot: true }
  await recordAct(acting, { ...by(acting), action: 'user.created', subject: bot.id, detail })
  return bot
}

/** Refuses the name of a person: nobody else may create tokens for them, not even an administrator. */
export async function findBot(tools: Tools, username: string): Promise<Person> {
  const person = await findPerson(tools, username)
  if (!person.bot) throw new ChatError('bot_not_found')
  return person
}

export async function listBots(tools: Tools): Promise<Person[]> {
  return (await listBotRows(tools.sql)).map((row) => people(tools).meet(row))
}

export async function createBotToken(acting: Acting, username: string, draft: TokenDraft): Promise<ApiToken> {
  const bot = await findBot(acting, username)
  const token = await createToken(acting, bot, draft)
  const detail = { token: token.name, scopes: token.scopes }
  await recordAct(acting, { ...by(acting), action: 'token.made', subject: bot.id, detail })
  return token
}

export async function listBotTokens(tools: Tools, username: string): Promise<{ items: ApiToken[] }> {
  return listTokens(tools, await findBot(tools, username))
}

export async function revokeBotToken(acting: Acting, username: string, id: string): Promise<void> {
  const bot = await findBot(acting, username)
  await revokeToken(acting, bot, id)
  await recordAct(acting, { ...by(acting), action: 'token.revoked', subject: bot.id })
}
