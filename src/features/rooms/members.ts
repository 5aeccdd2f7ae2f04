import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Member } from '../../protocol/rooms.ts'
import { announce, isAdmin, type Scope } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { authorsOf } from '../auth/people.ts'
import { pageOf } from '../page.ts'
import { isOnline } from '../presence/online.ts'
import { findPerson } from '../users/find.ts'
import { type Access, accessRoom, moderates } from './access.ts'
import { recordAdministration } from './administration.ts'
import { appoint, dismiss, enter, tellOpened } from './enter.ts'
import { withRoomLock } from './lock.ts'
import {
  findMemberRow,
  holdPerson,
  listMemberRows,
  type MemberRow,
  putSilence,
  updateMember,
} from './store.ts'
import { tellSilence } from './tell.ts'

type Role = MemberRow['role']

/** Adds a person, or changes the role of a member. */
export async function putMember(scope: Scope, id: string, username: string, role?: Role): Promise<void> {
  const access = await accessRoom(scope, id, 'moderate')
  const { room } = access
  const person = await findPerson(scope, username)
  requireChangeable(access)
  if (room.access === 'admins' && !person.admin) {
    throw new ChatError('admins_room')
  }
  const joined = await withRoomLock(scope, id, 'moderate', async (tx, now) => {
    requireChangeable(now)
    const appoints = mayAppoint(scope, now)
    if (role !== undefined && role !== 'member' && !appoints) throw new ChatError('owners_appoint')
    const present = await findMemberRow(tx.sql, room.key, person.id)
    if (!present) return enter(scope, tx, room, person, role ?? 'member')
    if (role === undefined || present.role === role) return false
    if (present.role !== 'member' && !appoints) throw new ChatError('owners_appoint')
    await appoint(scope, tx, room, person, present.role, role)
    return false
  })
  if (joined) await tellOpened(scope, room, person)
  await recordAdministration(scope, access, {
    action: 'member.put',
    subject: person.id,
    ...(role ? { detail: { role } } : {}),
  })
}

export async function removeMember(scope: Scope, id: string, username: string): Promise<void> {
  const access = await accessRoom(scope, id, 'moderate')
  requireChangeable(access)
  const person = await findPerson(scope, username)
  const reason = person === scope.actor ? 'left' : 'removed'
  await dismiss(scope, access.room, person, {
    reason,
    check(role) {
      if (role === 'member' || reason === 'left' || mayAppoint(scope, access)) return
      throw new ChatError('owners_appoint')
    },
  })
  await recordAdministration(scope, access, { action: 'member.removed', subject: person.id })
}

/** Silences a member until a time: they may read, but not write. `undefined` ends their silence. */
export async function silence(scope: Scope, id: string, username: string, until?: string): Promise<void> {
  const access = await accessRoom(scope, id, 'moderate')
  const { room } = access
  if (room.access === 'direct') throw new ChatError('direct_members_fixed')
  const person = await findPerson(scope, username)
  const silencedUntil = until === undefined ? null : new Date(until)
  if (silencedUntil && Number.isNaN(silencedUntil.getTime())) throw invalidField('/until', 'time_format')
  await withRoomLock(scope, id, 'moderate', async (tx, now) => {
    const present =
      (await holdPerson(tx.sql, person.id)) && (await findMemberRow(tx.sql, room.key, person.id))
    if (!present) throw new ChatError('member_not_found')
    if (present.role !== 'member' && !mayAppoint(scope, now)) throw new ChatError('owners_appoint')
    await putSilence(tx.sql, { roomKey: room.key, userId: person.id, until: silencedUntil }, tx.at)
    tx.onCommit(() => announce(scope, { what: 'member', room: room.key, user: person.id, gone: false }))
  })
  await tellSilence(scope, room, person, silencedUntil)
  const action = until === undefined ? 'member.unsilenced' : 'member.silenced'
  await recordAct(scope, {
    actor: scope.actor.id,
    action,
    subject: person.id,
    room: room.id,
    ...(until === undefined ? {} : { detail: { until } }),
  })
}

/** Sets what the room notifies the actor about. */
export async function setNotify(scope: Scope, id: string, notify: MemberRow['notify']): Promise<void> {
  const { room } = await accessRoom(scope, id, 'read')
  await updateMember(scope.sql, room.key, scope.actor.id, { notify })
}

export async function listMembers(
  scope: Scope,
  id: string,
  page: { after?: string; limit?: number },
): Promise<{ items: Member[]; next?: string }> {
  const { room, member } = await accessRoom(scope, id, 'read')
  const oversees = moderates(scope, member)
  const limit = page.limit ?? scope.policy.limits.page
  const rows = await listMemberRows(scope.sql, {
    roomKey: room.key,
    after: (page.after ?? '').replaceAll('\0', ''),
    limit: limit + 1,
  })
  const persons = await authorsOf(
    scope,
    rows.map(({ userId }) => userId),
  )
  const { page: shown, next } = pageOf(rows, limit, ({ username }) => username)
  const items = shown.map((row): Member => {
    const { username, displayName } = persons.get(row.userId)!
    return {
      username,
      display_name: displayName,
      role: row.role,
      status: isOnline(scope, room.key, row.userId) ? 'online' : 'offline',
      joined_at: row.joinedAt.toISOString(),
      ...(row.silencedUntil && (oversees || row.userId === scope.actor.id)
        ? { silenced_until: row.silencedUntil.toISOString() }
        : {}),
      ...(room.access === 'direct' ? { read_seq: row.readSeq, delivered_seq: row.deliveredSeq } : {}),
    }
  })
  return { items, ...next }
}

const mayAppoint = (scope: Scope, { member }: Access): boolean => isAdmin(scope) || member?.role === 'owner'

function requireChangeable({ room }: Access): void {
  if (room.access === 'direct') throw new ChatError('direct_members_fixed')
  if (room.archived) throw new ChatError('room_archived')
}
