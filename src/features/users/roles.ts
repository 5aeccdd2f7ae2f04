import { ChatError } from '../../protocol/errors.ts'
import type { UserEvent } from '../../protocol/events.ts'
import { type Acting, announce, type Person, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { recordAct } from '../audit/record.ts'
import { people } from '../auth/people.ts'
import { presentUser } from '../auth/present.ts'
import { actAs, settled } from '../auth/redeem.ts'
import { closeSessions } from '../auth/sessions.ts'
import { lockAdmins, updateUser } from '../auth/store.ts'
import { findPerson } from './find.ts'

/** `user` is everyone's role: granting it changes nothing, and it cannot be taken. */
export async function grantRole(scope: Acting, username: string, role: 'admin' | 'user'): Promise<void> {
  const person = await findPerson(scope, username)
  if (role === 'user' || person.admin) return
  await change(scope, person, { role: 'admin' }, 'role.granted')
}

export async function revokeRole(scope: Acting, username: string, role: 'admin' | 'user'): Promise<void> {
  const person = await findPerson(scope, username)
  if (role === 'user') throw new ChatError('user_role_fixed')
  if (!person.admin) return
  await change(scope, person, { role: 'user' }, 'role.revoked', (sql) => requireAnotherAdmin(sql, person))
}

/** Ends the user's sessions and sockets at once, and refuses new ones. */
export async function banUser(scope: Acting, username: string): Promise<void> {
  const person = await findPerson(scope, username)
  if (person.banned) return
  if (person === scope.actor) throw new ChatError('ban_yourself')
  await change(scope, person, { bannedAt: scope.clock() }, 'user.banned', (sql) =>
    requireAnotherAdmin(sql, person),
  )
  await closeSessions(scope, person, 'banned')
}

export async function unbanUser(scope: Acting, username: string): Promise<void> {
  const person = await findPerson(scope, username)
  if (person.banned) await change(scope, person, { bannedAt: null }, 'user.unbanned')
}

/** Refuses to remove the last administrator. It locks them all, so two cannot demote each other at the same time. */
export async function requireAnotherAdmin(sql: Sql, leaving: Person): Promise<void> {
  const admins = await lockAdmins(sql)
  if (admins.length === 1 && admins[0] === leaving.id) {
    throw new ChatError('last_admin')
  }
}

type Change = Parameters<typeof updateUser>[2]

async function change(
  scope: Acting,
  person: Person,
  columns: Change,
  action: string,
  check: (sql: Sql) => Promise<void> = async () => {},
): Promise<void> {
  await actAs(scope, 'admin', async (sql) => {
    await check(sql)
    await updateUser(sql, person.id, columns)
    await recordAct(
      scope,
      { ...(scope.actor ? { actor: scope.actor.id } : {}), action, subject: person.id },
      sql,
    )
  })
  await announceUpdate(scope, person)
  await settled(scope)
}

/** Refreshes the cached person, here at once and on other nodes by an announcement, and sends them an event. */
export async function announceUpdate(tools: Tools, person: Person): Promise<void> {
  await refreshPerson(tools, person.id)
  const event: UserEvent = { type: 'user.updated', user: presentUser(person, { withEmail: true }) }
  tools.bus.publish({ to: 'user', user: person.id, text: JSON.stringify(event) })
}

export async function refreshPerson(tools: Tools, id: string): Promise<void> {
  await people(tools).refresh(id)
  announce(tools, { what: 'user', user: id })
}
