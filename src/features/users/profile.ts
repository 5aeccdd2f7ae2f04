import { invalidField } from '../../protocol/errors.ts'
import type { OwnProfileChange, ProfileChange, User } from '../../protocol/users.ts'
import type { Person, Scope } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import { recordAct } from '../audit/record.ts'
import { confirm, requirePassword, wrongPassword } from '../auth/confirm.ts'
import { hashPassword } from '../auth/passwords.ts'
import { presentUser } from '../auth/present.ts'
import { slowDown } from '../auth/rates.ts'
import { closeSessions } from '../auth/sessions.ts'
import { findUser, holdUser, updateUser } from '../auth/store.ts'
import { findPerson } from './find.ts'
import { spread } from './roles.ts'

/** The email address is a name to sign in with, so a new one needs the password, or a sign-in of the last minutes. */
export async function changeOwnProfile(
  scope: Scope,
  { current_password: password, ...change }: OwnProfileChange,
): Promise<User> {
  const { actor } = scope
  const { email } = change
  if (Object.keys(change).length === 0) throw invalidField('/', 'nothing_given')
  if (email !== undefined && email.toLowerCase() !== actor.email) {
    slowDown(scope, 'email', actor.id)
    await confirm(scope, password)
  } else if (password !== undefined) await requirePassword(scope, password)
  return changeProfile(scope, actor, change)
}

async function changeProfile(scope: Scope, person: Person, change: ProfileChange): Promise<User> {
  const { display_name: displayName, email, direct_from: directFrom } = change
  try {
    await updateUser(scope.sql, person.id, {
      ...(displayName === undefined ? {} : { displayName }),
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
      ...(directFrom === undefined ? {} : { directFrom }),
    })
  } catch (error) {
    if (violation(error)?.constraint !== 'users_email') throw error
    throw invalidField('/email', 'email_taken')
  }
  await spread(scope, person)
  return presentUser(person, { withEmail: true })
}

/** An administrator changes somebody's profile. For their own profile, the rules of `changeOwnProfile` hold. */
export async function changeUser(scope: Scope, username: string, change: ProfileChange): Promise<User> {
  const person = await findPerson(scope, username)
  const own = person === scope.actor
  const user = own ? await changeOwnProfile(scope, change) : await changeProfile(scope, person, change)
  const detail = { fields: Object.keys(change) }
  await recordAct(scope, { actor: scope.actor.id, action: 'user.changed', subject: person.id, detail })
  return user
}

/** Changes the actor's password, and ends their other sessions and sockets. */
export async function changePassword(scope: Scope, current: string, next: string): Promise<void> {
  const { actor } = scope
  const { passwordHash: before } = await requirePassword(scope, current)
  const owner = { username: actor.username, ...(actor.email === null ? {} : { email: actor.email }) }
  const passwordHash = await hashPassword(scope, next, owner, { path: '/new_password', asker: 'known' })
  await scope.sql.transaction(async (sql) => {
    await holdUser(sql, actor.id)
    // Somebody else may have changed it since it was checked: then it is no longer the current password.
    if ((await findUser(sql, actor.id))?.passwordHash !== before) throw wrongPassword()
    await updateUser(sql, actor.id, { passwordHash })
  })
  await closeSessions(scope, actor, 'password_changed', { except: scope.session })
}
