import type { CreatedUser, NewUser, SignInLink } from '../../protocol/one-time-links.ts'
import type { SignUp } from '../../protocol/users.ts'
import type { Person, Scope } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { recordAct } from '../audit/record.ts'
import { presentUser } from '../auth/present.ts'
import { actAs } from '../auth/redeem.ts'
import { createUser } from '../auth/signup.ts'
import { issueSignInLink } from '../recovery/sign-in-link.ts'

/** On record in the transaction that stores the account, so that nothing happens after the right to it has ended. */
export const createByAdmin = (
  scope: Scope,
  request: SignUp | NewUser,
  also?: (sql: Sql, user: string) => Promise<void>,
): Promise<Person> =>
  // They may be no administrator any more when the password is hashed.
  createUser(scope, request, 'known', (insert) =>
    actAs(scope, 'admin', async (sql) => {
      const row = await insert(sql)
      const detail = { role: row.role }
      await recordAct(scope, { actor: scope.actor.id, action: 'user.created', subject: row.id, detail }, sql)
      await also?.(sql, row.id)
      return row
    }),
  )

/** An account without a password, and the link with which its person sets one. */
export async function createWithLink(scope: Scope, request: NewUser, origin: string): Promise<CreatedUser> {
  let link: SignInLink | undefined
  const person = await createByAdmin(scope, request, async (sql, user) => {
    link = await issueSignInLink(scope, sql, user, origin)
  })
  return { user: presentUser(scope, person, { withEmail: true }), ...link! }
}
