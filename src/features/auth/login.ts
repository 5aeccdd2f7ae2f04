import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Login, TokenPair } from '../../protocol/users.ts'
import type { Person, Tools } from '../../scope.ts'
import { checkPassword } from './passwords.ts'
import { people } from './people.ts'
import { slowDown } from './rates.ts'
import { startSession } from './sessions.ts'
import { findUser, findUserByName, type UserRow } from './store.ts'

/** The same answer, after the same time, for an unknown user, a wrong password and a banned account. */
export async function logIn(
  tools: Tools,
  request: Login,
  userAgent: string,
): Promise<{ person: Person; pair: TokenPair }> {
  const name = (request.username ?? request.email)?.toLowerCase()
  if (name === undefined) throw invalidField('/username', 'required')
  slowDown(tools, 'login_account', name)
  // A NUL can be in no name, and Postgres refuses it even in a question.
  const user = name.includes('\0') ? undefined : await findUserByName(tools.sql, name)
  const right = await checkPassword(tools, request.password, user?.passwordHash)
  if (!user || !right || !mayEnter(user)) throw wrong()
  const person = people(tools).meet(user)
  const pair = await startSession(tools, person, userAgent, async (sql) => {
    // Checking a password takes long: meanwhile it may have been changed, to shut out whoever knows it.
    const now = await findUser(sql, user.id)
    if (!now || now.passwordHash !== user.passwordHash || !mayEnter(now)) throw wrong()
  })
  return { person, pair }
}

const mayEnter = ({ bot, bannedAt, deletedAt }: UserRow): boolean => !bot && !bannedAt && !deletedAt

const wrong = (): ChatError => new ChatError('wrong_login')
