import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { OwnProfileChange, ProfileChange, User } from '../../protocol/users.ts'
import { isAdmin, type Person, type Scope } from '../../scope.ts'
import { violation } from '../../storage/errors.ts'
import type { Sql } from '../../storage/storage.ts'
import { isTimeZone } from '../../text/quiet-hours.ts'
import { recordAct } from '../audit/record.ts'
import { confirm, requirePassword, wrongPassword } from '../auth/confirm.ts'
import { isSameStatus } from '../auth/custom-status.ts'
import { hasOtherSpelling } from '../auth/emails.ts'
import { deleteLinksOf } from '../auth/one-time-link-store.ts'
import { hashPassword, ownerOf } from '../auth/passwords.ts'
import { presentUser } from '../auth/present.ts'
import { limitAttempts } from '../auth/rates.ts'
import { actAs } from '../auth/redeem.ts'
import { requireOwnName } from '../auth/reserved.ts'
import { closeSessions } from '../auth/sessions.ts'
import { findUser, findUserByName, lockUser, updateUser } from '../auth/store.ts'
import { askToConfirm } from '../mail/account.ts'
import { announceProfile } from './announce.ts'
import { findPerson } from './find.ts'
import { profileColumns } from './profile-columns.ts'
import { announceUpdate } from './roles.ts'

export async function changeOwnProfile(
  scope: Scope,
  change: OwnProfileChange,
  request: Request,
): Promise<User> {
  const columns = await confirmChange(scope, change)
  const { display_name } = columns
  // The form of the page sends the name even if it is the same.
  if (display_name !== undefined && display_name !== scope.actor.displayName && !isAdmin(scope))
    await requireOwnName(scope.sql, scope.clock(), { display_name })
  const { actor } = scope
  const before = actor.email
  const user = await update(scope, actor, columns, (store) => actAs(scope, 'self', store))
  if (actor.email !== before) await askToConfirm(scope, actor, request)
  return user
}

/** The email address is a name to sign in with, so a new one needs the password, or a sign-in of the last minutes. */
async function confirmChange(
  scope: Scope,
  { current_password: password, ...change }: OwnProfileChange,
): Promise<Change> {
  const { actor } = scope
  const { email, quiet_hours } = change
  if (Object.keys(change).length === 0) throw invalidField('/', 'nothing_given')
  if (email !== undefined && email !== actor.email) {
    limitAttempts(scope, 'email', actor.id)
    await confirm(scope, password)
  } else if (password !== undefined) await requirePassword(scope, password)
  if (quiet_hours && !isTimeZone(quiet_hours.time_zone))
    throw invalidField('/quiet_hours/time_zone', 'time_zone_unknown')
  return change
}

type Change = Omit<OwnProfileChange, 'current_password'>
type Store = (store: (sql: Sql) => Promise<void>) => Promise<void>

async function update(scope: Scope, person: Person, change: Change, act: Store): Promise<User> {
  const { displayName: before, customStatus: done } = person
  const profile = profileColumns(scope, change)
  const { display_name: displayName, email, direct_from: directFrom, quiet_hours: quietHours } = change
  if (email && hasOtherSpelling(email)) {
    const owner = await findUserByName(scope.sql, email)
    if (owner && owner.id !== person.id) throw invalidField('/email', 'email_taken')
  }
  try {
    await act(async (sql) => {
      await updateUser(sql, person.id, {
        ...(displayName === undefined ? {} : { displayName }),
        ...(email === undefined ? {} : { email, ...(email !== person.email && { emailConfirmedAt: null }) }),
        ...(directFrom === undefined ? {} : { directFrom }),
        ...profile,
        ...(quietHours && { quietHours: quietHours.from === quietHours.to ? null : quietHours }),
      })
      // What was sent to the old address must not give the account to who reads it.
      if (email !== undefined && email !== person.email)
        await deleteLinksOf(sql, person.id, ['reset', 'confirm'])
    })
  } catch (error) {
    if (violation(error)?.constraint !== 'users_email') throw error
    throw invalidField('/email', 'email_taken')
  }
  const isRenamed = displayName !== undefined && displayName !== before
  const { customStatus: doing = done } = profile
  await (isRenamed || !isSameStatus(doing, done)
    ? announceProfile(scope, person)
    : announceUpdate(scope, person))
  return presentUser(scope, person, { withEmail: true })
}

/** An administrator changes somebody's profile. For their own profile, the rules of `changeOwnProfile` hold. */
export async function changeUser(
  scope: Scope,
  username: string,
  change: ProfileChange,
  request: Request,
): Promise<User> {
  const person = await findPerson(scope, username)
  // Who reads that address can set a new password by mail, and be signed in after the token has ended.
  if (scope.limitedTo && change.email !== undefined && change.email !== person.email)
    throw new ChatError('token_not_allowed')
  if (person === scope.actor) await confirmChange(scope, change)
  const detail = { fields: Object.keys(change) }
  const before = person.email
  const user = await update(scope, person, change, (store) =>
    actAs(scope, 'admin', async (sql) => {
      await store(sql)
      const act = { actor: scope.actor.id, action: 'user.changed', subject: person.id, detail } as const
      await recordAct(scope, act, sql)
    }),
  )
  if (person.email !== before) await askToConfirm(scope, person, request)
  return user
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
