import { ChatError } from '../../protocol/errors.ts'
import type { ApiToken, NewBot, NewToken } from '../../protocol/tokens.ts'
import type { Acting, Person, Tools } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { people } from '../auth/people.ts'
import { actAs } from '../auth/redeem.ts'
import { createUser } from '../auth/signup.ts'
import { findPerson } from '../users/find.ts'
import { listBotRows } from './store.ts'
import { createToken, listTokens, revokeToken } from './token.ts'

const by = ({ actor }: Acting) => (actor ? { actor: actor.id } : {})

/** A user without a password, for programs. */
export function createBot(acting: Acting, newBot: NewBot): Promise<Person> {
  return createUser(acting, { ...newBot, bot: true }, 'known', (insert) =>
    actAs(acting, 'admin', async (sql) => {
      const row = await insert(sql)
      const detail = { role: 'user', bot: true }
      await recordAct(acting, { ...by(acting), action: 'user.created', subject: row.id, detail }, sql)
      return row
    }),
  )
}

/** Refuses the name of a person: nobody else may create tokens for them, not even an administrator. */
export async function findBot(tools: Tools, username: string): Promise<Person> {
  const person = await findPerson(tools, username)
  if (!person.bot) throw new ChatError('bot_not_found')
  return person
}

export async function listBots(tools: Tools): Promise<Person[]> {
  return (await listBotRows(tools.sql)).map((row) => people(tools).keep(row))
}

export async function createBotToken(
  acting: Acting,
  username: string,
  newToken: NewToken,
): Promise<ApiToken> {
  const bot = await findBot(acting, username)
  return createToken(acting, bot, newToken, 'admin', async (sql) => {
    const detail = { token: newToken.name, scopes: newToken.scopes }
    await recordAct(acting, { ...by(acting), action: 'token.made', subject: bot.id, detail }, sql)
  })
}

export async function listBotTokens(tools: Tools, username: string): Promise<{ items: ApiToken[] }> {
  return listTokens(tools, await findBot(tools, username))
}

export async function revokeBotToken(acting: Acting, username: string, id: string): Promise<void> {
  const bot = await findBot(acting, username)
  await revokeToken(acting, bot, id, 'admin', (sql) =>
    recordAct(acting, { ...by(acting), action: 'token.revoked', subject: bot.id }, sql),
  )
}
