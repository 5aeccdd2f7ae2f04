import type { CreatedUser, NewUser, SignInLink } from '../../protocol/one-time-links.ts'
import type { Scope } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { presentUser } from '../auth/present.ts'
import { actAs } from '../auth/redeem.ts'
import { createUser } from '../auth/signup.ts'
import { issueSignInLink } from './sign-in-link.ts'

/** An account without a password, and the link with which its person sets one. */
export async function createAccount(scope: Scope, request: NewUser, origin: string): Promise<CreatedUser> {
  let link: SignInLink | undefined
  const person = await createUser(scope, request, 'known', (insert) =>
    actAs(scope, 'admin', async (sql) => {
      const row = await insert(sql)
      const detail = { role: row.role }
      await recordAct(scope, { actor: scope.actor.id, action: 'user.created', subject: row.id, detail }, sql)
      link = await issueSignInLink(scope, sql, row.id, origin)
      return row
    }),
  )
  return { user: presentUser(scope, person, { withEmail: true }), ...link! }
}
