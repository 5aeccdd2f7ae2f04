import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Login } from '../../protocol/users.ts'
import type { Person, Tools } from '../../scope.ts'
import { checkPassword } from './passwords.ts'
import { people } from './people.ts'
import { slowDown } from './rates.ts'
import { findUserByName } from './store.ts'

/** The same answer, after the same time, for an unknown user, a wrong password and a banned account. */
export async function logIn(tools: Tools, request: Login): Promise<Person> {
  const name = (request.username ?? request.email)?.toLowerCase()
  if (name === undefined) throw invalidField('/username', 'is required, or email')
  slowDown(tools, 'login_account', name)
  // A NUL can be in no name, and Postgres refuses it even in a question.
  const user = name.includes('\0') ? undefined : await findUserByName(tools.sql, name)
  const right = await checkPassword(tools, request.password, user?.passwordHash)
  if (!user || !right || user.bannedAt || user.deletedAt) {
    throw new ChatError('unauthenticated', 'The username or the password is wrong.')
  }
  return people(tools).meet(user)
}
