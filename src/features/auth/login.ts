import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Login, TokenPair } from '../../protocol/users.ts'
import type { Person, Tools } from '../../scope.ts'
import { checkPassword } from './passwords.ts'
import { people } from './people.ts'
import { slowDown } from './rates.ts'
import { startSession } from './sessions.ts'
import { findUser, findUserByName, type UserRow } from './store.ts'

/** Unknown users, wrong passwords and banned accounts get the same refusal after the same time. */
export async function logIn(
  tools: Tools,
  request: Login,
  userAgent: string,
): Promise<{ person: Person; pair: TokenPair }> {
  const name = (request.username ?? request.email)?.toLowerCase()
  if (name === undefined) throw invalidField('/username', 'required')
  slowDown(tools, 'login_account', name)
  // No name contains a NUL, and Postgres refuses it even in a query.
  const user = name.includes('\0') ? undefined : await findUserByName(tools.sql, name)
  const correct = await checkPassword(tools, request.password, user?.passwordHash)
  if (!user || !correct || !mayLogIn(user)) throw wrong()
  const person = people(tools).meet(user)
  const pair = await startSession(tools, person, userAgent, async (sql) => {
    // The check takes long. The password may have been changed in the meantime, to lock out a person who knows the old one.
    const now = await findUser(sql, user.id)
    if (!now || now.passwordHash !== user.passwordHash || !mayLogIn(now)) throw wrong()
  })
  return { person, pair }
}

const mayLogIn = ({ bot, bannedAt, deletedAt }: UserRow): boolean => !bot && !bannedAt && !deletedAt

const wrong = (): ChatError => new ChatError('wrong_login')
