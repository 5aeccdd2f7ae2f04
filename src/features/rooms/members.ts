import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Member, NotifyChange } from '../../protocol/rooms.ts'
import { announce, isAdmin, type Person, type Scope } from '../../scope.ts'
import { requireSection } from '../arrangements/own.ts'
import { type Act, recordAct } from '../audit/record.ts'
import { presentStatus } from '../auth/custom-status.ts'
import { authorsOf } from '../auth/people.ts'
import { presentAuthor } from '../auth/present.ts'
import type { Transaction } from '../log/writer.ts'
import { pageOf } from '../page.ts'
import { isOnline } from '../presence/online.ts'
import { findPerson } from '../users/find.ts'
import { type Access, accessRoom, moderates, passTo } from './access.ts'
import { recordAdministration } from './administration.ts'
import { invite, mayAddAtOnce } from './invitation.ts'
import { deleteInvitation } from './invitation-store.ts'
import { readRoom, withRoomLock } from './lock.ts'
import { addMember, changeRole, removeFromRoom, sendRoomOpened } from './membership.ts'
import { sendSilence, sendToPerson } from './send.ts'
import {
  findMemberRow,
  listMemberRows,
  lockPerson,
  type MemberRow,
  putSilence,
  updateMember,
} from './store.ts'

type Role = MemberRow['role']

/** Adds a person or invites them, or changes the role of a member. */
export async function putMember(scope: Scope, id: string, username: string, role?: Role): Promise<void> {
  // Somebody who may not act here learns nothing of who exists.
  await accessRoom(scope, id, 'moderate')
  const person = await findPerson(scope, username)
  const atOnce = await mayAddAtOnce(scope, person)
  const { room, joined } = await withRoomLock(scope, id, 'moderate', async (tx, now) => {
    const { room } = now
    requireChangeable(now)
    if (room.access === 'admins' && !person.admin) throw new ChatError('admins_room')
    const joined = await put(tx, now)
    const detail = role ? { detail: { role } } : {}
    await recordAdministration(scope, now, { action: 'member.put', subject: person.id, ...detail }, tx.sql)
    return { room, joined }
  })
  if (joined) await sendRoomOpened(scope, room, person)

  async function put(tx: Transaction, now: Access): Promise<boolean> {
    const { room } = now
    const appoints = mayAppoint(scope, now)
    if (role !== undefined && role !== 'member' && !appoints) throw new ChatError('owners_appoint')
    const present = await findMemberRow(tx.sql, room.key, person.id)
    if (!present && atOnce) return addMember(scope, tx, room, person, role ?? 'member')
    if (!present) {
      await invite(scope, tx, room, person, role, appoints)
      return false
    }
    if (role === undefined || present.role === role) return false
    if (present.role !== 'member' && !appoints) throw new ChatError('owners_appoint')
    await changeRole(scope, tx, room, person, present.role, role)
    return false
  }
}

export async function removeMember(scope: Scope, id: string, username: string): Promise<void> {
  const access = await accessRoom(scope, id, 'moderate')
  requireChangeable(access)
  const person = await findPerson(scope, username)
  const reason = person === scope.actor ? 'left' : 'removed'
  await removeFromRoom(scope, passTo(scope, access.room, 'moderate'), person, {
    reason,
    async check(role, now, tx) {
      requireChangeable(now)
      if (role !== 'member' && reason !== 'left' && !mayAppoint(scope, now))
        throw new ChatError('owners_appoint')
      await recordAdministration(scope, now, { action: 'member.removed', subject: person.id }, tx.sql)
    },
    // A person who has not accepted yet: their invitation is deleted.
    async ifAbsent(now, tx) {
      const invited = await deleteInvitation(tx.sql, now.room.key, person.id)
      if (!invited) return false
      await recordAdministration(scope, now, { action: 'member.removed', subject: person.id }, tx.sql)
      return true
    },
  })
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
      (await lockPerson(tx.sql, person.id)) && (await findMemberRow(tx.sql, room.key, person.id))
    if (!present) throw new ChatError('member_not_found')
    if (present.role !== 'member' && !mayAppoint(scope, now)) throw new ChatError('owners_appoint')
    await putSilence(tx.sql, { roomKey: room.key, userId: person.id, until: silencedUntil }, tx.at)
    const action = until === undefined ? 'member.unsilenced' : 'member.silenced'
    const detail = until === undefined ? {} : { detail: { until } }
    const act: Act = { actor: scope.actor.id, action, subject: person.id, room: room.id, ...detail }
    await recordAct(scope, act, tx.sql)
    tx.onCommit(() => announce(scope, { what: 'member', room: room.key, user: person.id, gone: false }))
  })
  await sendSilence(scope, room, person, silencedUntil)
}

/**
 * Sets what the room notifies the actor about, and until when it does not. With the lock of the room: two devices that differ hear of
 * both in the order in which they were stored.
 */
export async function setNotify(
  scope: Scope,
  id: string,
  { level, muted_until: until }: NotifyChange,
): Promise<void> {
  const { actor } = scope
  await withRoomLock(scope, id, 'read', async (tx, { room }) => {
    const { notify, mutedUntil } = await updateMember(tx.sql, room.key, actor.id, {
      ...(level === undefined ? {} : { notify: level }),
      ...(until === undefined ? {} : { mutedUntil: until === null ? null : new Date(until) }),
    })
    const muted = mutedUntil ? { muted_until: mutedUntil.toISOString() } : {}
    const event = { type: 'notify.changed', room: room.id, notify, ...muted }
    tx.onCommit(() => sendToPerson(scope, room, actor.id, event))
  })
}

/** Marks the room as a favourite of the actor, or ends that, with the lock of the room. */
export async function setFavourite(
  scope: Scope,
  id: string,
  favourite: boolean,
): Promise<{ room: string; favourite: boolean }> {
  return withRoomLock(scope, id, 'read', async (tx, { room }) => {
    await updateMember(tx.sql, room.key, scope.actor.id, { favourite })
    const set = { room: room.id, favourite }
    tx.onCommit(() => sendToPerson(scope, room, scope.actor.id, { type: 'favourite.changed', ...set }))
    return set
  })
}

/** Moves the room into a section of the actor, or out of it, with the lock of the room. */
export async function setSection(
  scope: Scope,
  id: string,
  section: string | null,
): Promise<{ room: string; section: string | null }> {
  return withRoomLock(scope, id, 'read', async (tx, { room }) => {
    // Another device may be deleting the section: the lock on the person is what both take.
    await lockPerson(tx.sql, scope.actor.id)
    if (section !== null) await requireSection(scope, tx.sql, section)
    await updateMember(tx.sql, room.key, scope.actor.id, { section })
    const event = { type: 'section.changed', room: room.id, ...(section === null ? {} : { section }) }
    tx.onCommit(() => sendToPerson(scope, room, scope.actor.id, event))
    return { room: room.id, section }
  })
}

export async function listMembers(
  scope: Scope,
  id: string,
  page: { after?: string; limit?: number },
): Promise<{ items: Member[]; next?: string }> {
  const limit = page.limit ?? scope.policy.limits.page
  const after = (page.after ?? '').replaceAll('\0', '')

  async function read({ room }: Access) {
    const rows = await listMemberRows(
      scope.sql,
      { roomKey: room.key, after, limit: limit + 1 },
      scope.clock(),
    )
    const ids = rows.map(({ userId }) => userId)
    return { rows, persons: await authorsOf(scope, ids) }
  }

  return readRoom(scope, id, 'read', read, (found, access) => presentMembers(scope, access, limit, found))
}

type Found = { rows: Awaited<ReturnType<typeof listMemberRows>>; persons: Map<string, Person> }

function presentMembers(scope: Scope, { room, member }: Access, limit: number, { rows, persons }: Found) {
  const oversees = moderates(scope, member)
  const { page: shown, next } = pageOf(rows, limit, ({ username }) => username)
  const items = shown.map((row): Member => {
    const person = persons.get(row.userId)!
    return {
      ...presentAuthor(person),
      role: row.role,
      status: isOnline(scope, room.key, row.userId) ? 'online' : 'offline',
      ...presentStatus(scope, person),
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
