import { invalidField } from '../../protocol/errors.ts'
import type { OwnProfileChange, ProfileChange, User } from '../../protocol/users.ts'
import { isAdmin, type Person, type Scope } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import type { Sql } from '../../storage/storage.ts'
import { recordAct } from '../audit/record.ts'
import { confirm, requirePassword, wrongPassword } from '../auth/confirm.ts'
import { hasOtherSpelling } from '../auth/emails.ts'
import { hashPassword, ownerOf } from '../auth/passwords.ts'
import { presentUser } from '../auth/present.ts'
import { limitAttempts } from '../auth/rates.ts'
import { actAs } from '../auth/redeem.ts'
import { requireOwnName } from '../auth/reserved.ts'
import { closeSessions } from '../auth/sessions.ts'
import { findUser, findUserByName, lockUser, updateUser } from '../auth/store.ts'
import { findPerson } from './find.ts'
import { announceUpdate } from './roles.ts'

export async function changeOwnProfile(scope: Scope, change: OwnProfileChange): Promise<User> {
  const columns = await confirmChange(scope, change)
  const { display_name } = columns
  // The form of the page sends the name even if it is the same.
  if (display_name !== undefined && display_name !== scope.actor.displayName && !isAdmin(scope))
    await requireOwnName(scope.sql, { display_name })
  return update(scope, scope.actor, columns, (store) => actAs(scope, 'self', store))
}

/** The email address is a name to sign in with, so a new one needs the password, or a sign-in of the last minutes. */
async function confirmChange(
  scope: Scope,
  { current_password: password, ...change }: OwnProfileChange,
): Promise<ProfileChange> {
  const { actor } = scope
  const { email } = change
  if (Object.keys(change).length === 0) throw invalidField('/', 'nothing_given')
  if (email !== undefined && email !== actor.email) {
    limitAttempts(scope, 'email', actor.id)
    await confirm(scope, password)
  } else if (password !== undefined) await requirePassword(scope, password)
  return change
}

type Store = (store: (sql: Sql) => Promise<void>) => Promise<void>

async function update(scope: Scope, person: Person, change: ProfileChange, act: Store): Promise<User> {
  const { display_name: displayName, email, direct_from: directFrom } = change
  if (email && hasOtherSpelling(email)) {
    const owner = await findUserByName(scope.sql, email)
    if (owner && owner.id !== person.id) throw invalidField('/email', 'email_taken')
  }
  try {
    await act((sql) =>
      updateUser(sql, person.id, {
        ...(displayName === undefined ? {} : { displayName }),
        ...(email === undefined ? {} : { email }),
        ...(directFrom === undefined ? {} : { directFrom }),
      }),
    )
  } catch (error) {
    if (violation(error)?.constraint !== 'users_email') throw error
    throw invalidField('/email', 'email_taken')
  }
  await announceUpdate(scope, person)
  return presentUser(person, { withEmail: true })
}

/** An administrator changes somebody's profile. For their own profile, the rules of `changeOwnProfile` hold. */
export async function changeUser(scope: Scope, username: string, change: ProfileChange): Promise<User> {
  const person = await findPerson(scope, username)
  if (person === scope.actor) await confirmChange(scope, change)
  const detail = { fields: Object.keys(change) }
  return update(scope, person, change, (store) =>
    actAs(scope, 'admin', async (sql) => {
      await store(sql)
      const act = { actor: scope.actor.id, action: 'user.changed', subject: person.id, detail }
      await recordAct(scope, act, sql)
    }),
  )
}

/** Changes the actor's password, and ends their other sessions and sockets. */
export async function changePassword(scope: Scope, current: string, next: string): Promise<void> {
  const { actor } = scope
  const { passwordHash: before } = await requirePassword(scope, current)
  const where = { path: '/new_password', asker: 'known' } as const
  const passwordHash = await hashPassword(scope, next, ownerOf(actor), where)
  await actAs(scope, 'self', async (sql) => {
    await lockUser(sql, actor.id)
    // Somebody else may have changed it since it was checked: then it is no longer the current password.
    if ((await findUser(sql, actor.id))?.passwordHash !== before) throw wrongPassword()
    await updateUser(sql, actor.id, { passwordHash })
  })
  await closeSessions(scope, actor, 'password_changed', { except: scope.session })
}
