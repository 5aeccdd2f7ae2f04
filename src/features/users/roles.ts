import type { AuditAction } from '../../protocol/audit-actions.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { UserEvent } from '../../protocol/events.ts'
import type { BanRequest } from '../../protocol/users.ts'
import { type Acting, announce, type Ban, isBanned, type Person, type Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { recordAct } from '../audit/record.ts'
import { deleteLinksBy } from '../auth/one-time-link-store.ts'
import { people } from '../auth/people.ts'
import { presentUser } from '../auth/present.ts'
import { actAs, settled } from '../auth/redeem.ts'
import { requireUnmistakable } from '../auth/reserved.ts'
import { closeSessions } from '../auth/sessions.ts'
import { lockAdmins, updateUser } from '../auth/store.ts'
import { findPerson } from './find.ts'
import { timeAhead } from './time-ahead.ts'

/** `user` is everyone's role: granting it changes nothing, and it cannot be taken. */
export async function grantRole(scope: Acting, username: string, role: 'admin' | 'user'): Promise<void> {
  const person = await findPerson(scope, username)
  if (role === 'user' || person.admin) return
  await requireUnmistakable(scope.sql, person)
  await change(scope, person, { role: 'admin' }, 'role.granted')
}

export async function revokeRole(scope: Acting, username: string, role: 'admin' | 'user'): Promise<void> {
  const person = await findPerson(scope, username)
  if (role === 'user') throw new ChatError('user_role_fixed')
  if (!person.admin) return
  await change(scope, person, { role: 'user' }, 'role.revoked', {
    check: (sql) => endAdmin(scope, sql, person),
  })
}

/** Ends the user's sessions and sockets at once, and refuses new ones. Of somebody who is banned, it changes the ban. */
export async function banUser(scope: Acting, username: string, ban: BanRequest = {}): Promise<void> {
  const person = await findPerson(scope, username)
  const banReason = ban.reason || null
  const bannedUntil = ban.until === undefined ? null : timeAhead(scope, ban.until)
  if (isBanned(scope, person) && isSame(person.ban!, { banReason, bannedUntil })) return
  if (person === scope.actor) throw new ChatError('ban_yourself')
  await change(scope, person, { bannedAt: scope.clock(), bannedUntil, banReason }, 'user.banned', {
    check: (sql) => endAdmin(scope, sql, person),
    detail: {
      ...(banReason && { reason: banReason }),
      ...(bannedUntil && { until: bannedUntil.toISOString() }),
    },
  })
  await closeSessions(scope, person, 'banned')
}

const isSame = (
  ban: Ban,
  { banReason, bannedUntil }: { banReason: string | null; bannedUntil: Date | null },
) => (ban.reason ?? null) === banReason && ban.until?.getTime() === bannedUntil?.getTime()

export async function unbanUser(scope: Acting, username: string): Promise<void> {
  const person = await findPerson(scope, username)
  if (isBanned(scope, person))
    await change(scope, person, { bannedAt: null, bannedUntil: null, banReason: null }, 'user.unbanned')
}

/** The links that they made are refused meanwhile, and must not work again with the role, or after the ban. */
async function endAdmin({ clock }: Acting, sql: Sql, person: Person): Promise<void> {
  await requireAnotherAdmin(sql, clock(), person)
  await deleteLinksBy(sql, person.id)
}

/** Refuses to remove the last administrator. It locks them all, so two cannot demote each other at the same time. */
export async function requireAnotherAdmin(sql: Sql, now: Date, leaving: Person): Promise<void> {
  const admins = await lockAdmins(sql, now)
  if (admins.length === 1 && admins[0] === leaving.id) {
    throw new ChatError('last_admin')
  }
}

type Change = Parameters<typeof updateUser>[2]

async function change(
  scope: Acting,
  person: Person,
  columns: Change,
  action: AuditAction,
  { check, detail = {} }: { check?: (sql: Sql) => Promise<void>; detail?: object } = {},
): Promise<void> {
  await actAs(scope, 'admin', async (sql) => {
    await check?.(sql)
    await updateUser(sql, person.id, columns)
    const by = scope.actor ? { actor: scope.actor.id } : {}
    const more = Object.keys(detail).length > 0 ? { detail } : {}
    await recordAct(scope, { ...by, action, subject: person.id, ...more }, sql)
  })
  await announceUpdate(scope, person)
  await settled(scope)
}

/** Refreshes the cached person, here at once and on other nodes by an announcement, and sends them an event. */
export async function announceUpdate(tools: Tools, person: Person): Promise<void> {
  await refreshPerson(tools, person.id)
  const event: UserEvent = { type: 'user.updated', user: presentUser(tools, person, { withEmail: true }) }
  tools.bus.publish({ to: 'user', user: person.id, text: JSON.stringify(event) })
}

export async function refreshPerson(tools: Tools, id: string): Promise<void> {
  await people(tools).refresh(id)
  announce(tools, { what: 'user', user: id })
}
