import { ChatError } from '../../protocol/errors.ts'
import type { Member, Room } from '../../protocol/rooms.ts'
import { announce, type Person, type Scope } from '../../scope.ts'
import { authorsOf, people } from '../auth/people.ts'
import { type Transaction, writer } from '../log/writer.ts'
import { isOnline } from '../presence/online.ts'
import { accessRoom } from './access.ts'
import type { KnownRoom } from './known.ts'
import { showRoom } from './list.ts'
import {
  countOwners,
  deleteMember,
  findMemberRow,
  insertMember,
  listMemberRows,
  type MemberRow,
  updateMemberRole,
} from './store.ts'

type Role = MemberRow['role']

/** Joining twice is joining once. */
export async function joinRoom(scope: Scope, id: string): Promise<Room> {
  const { room, member } = await accessRoom(scope, id, 'find')
  if (!member) await admit(scope, room, scope.actor, 'member')
  return showRoom(scope, id)
}

export async function leaveRoom(scope: Scope, id: string): Promise<void> {
  const { room } = await accessRoom(scope, id, 'read')
  await dismiss(scope, room, scope.actor, 'left')
}

/** Adds somebody, or changes the role of who is there already. */
export async function putMember(scope: Scope, id: string, username: string, role?: Role): Promise<void> {
  const { room, member } = await accessRoom(scope, id, 'moderate')
  const person = await findPerson(scope, username)
  if (room.access === 'direct') throw new ChatError('forbidden', 'The people of a direct room are fixed.')
  if (room.access === 'admins' && !person.admin)
    throw new ChatError('forbidden', 'This room is for administrators.')
  const mayAppoint = scope.actor.admin || member?.role === 'owner'
  if (role !== undefined && role !== 'member' && !mayAppoint) {
    throw new ChatError('forbidden', 'Only the owner appoints moderators and owners.')
  }
  await writer(scope).transact(room, async (tx) => {
    const present = await findMemberRow(tx.sql, room.key, person.id)
    if (!present) return enter(scope, tx, room, person, role ?? 'member')
    if (role === undefined || present.role === role) return
    if (present.role !== 'member' && !mayAppoint) {
      throw new ChatError('forbidden', 'Only the owner changes the role of moderators and owners.')
    }
    await keepAnOwner(tx, room, present.role)
    await updateMemberRole(tx.sql, room.key, person.id, role)
    tell(scope, tx, room, person, { kind: 'member.updated', role, gone: false })
  })
}

export async function removeMember(scope: Scope, id: string, username: string): Promise<void> {
  const { room, member } = await accessRoom(scope, id, 'moderate')
  const person = await findPerson(scope, username)
  const mayRemoveAnyone = scope.actor.admin || member?.role === 'owner'
  const present = await findMemberRow(scope.sql, room.key, person.id)
  if (present && present.role !== 'member' && !mayRemoveAnyone && person !== scope.actor) {
    throw new ChatError('forbidden', 'Only the owner removes moderators and owners.')
  }
  await dismiss(scope, room, person, person === scope.actor ? 'left' : 'removed')
}

export async function listMembers(
  scope: Scope,
  id: string,
  page: { after?: string; limit?: number },
): Promise<{ items: Member[]; next?: string }> {
  const { room } = await accessRoom(scope, id, 'read')
  const limit = page.limit ?? scope.rules.limits.page
  const rows = await listMemberRows(scope.sql, room.key, page.after ?? '', limit + 1)
  const persons = await authorsOf(
    scope,
    rows.map(({ userId }) => userId),
  )
  const items = rows.slice(0, limit).map(
    (row): Member => ({
      username: row.username,
      display_name: persons.get(row.userId)!.displayName,
      role: row.role,
      status: isOnline(scope, room.key, row.userId) ? 'online' : 'offline',
      joined_at: row.joinedAt.toISOString(),
    }),
  )
  return rows.length > limit ? { items, next: items.at(-1)!.username } : { items }
}

export async function admit(scope: Scope, room: KnownRoom, person: Person, role: Role): Promise<void> {
  await writer(scope).transact(room, (tx) => enter(scope, tx, room, person, role))
}

async function enter(
  scope: Scope,
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  role: Role,
): Promise<void> {
  // What was said before one came is not unread.
  const row = { roomKey: room.key, userId: person.id, role, joinedAt: tx.at, readSeq: tx.head + 1 }
  const joined = await insertMember(tx.sql, row)
  if (joined) tell(scope, tx, room, person, { kind: 'member.joined', role, gone: false })
}

async function dismiss(
  scope: Scope,
  room: KnownRoom,
  person: Person,
  reason: 'left' | 'removed',
): Promise<void> {
  if (room.access === 'direct') throw new ChatError('forbidden', 'The people of a direct room are fixed.')
  const wasThere = await writer(scope).transact(room, async (tx) => {
    const present = await findMemberRow(tx.sql, room.key, person.id)
    if (!present) return false
    await keepAnOwner(tx, room, present.role)
    await deleteMember(tx.sql, room.key, person.id)
    tell(scope, tx, room, person, { kind: 'member.left', role: present.role, gone: true })
    return true
  })
  if (!wasThere) throw new ChatError('not_found', 'There is no such member.')
  const text = JSON.stringify({ type: 'room.closed', room: room.id, reason })
  scope.bus.publish({ to: 'user', user: person.id, text })
}

async function keepAnOwner(tx: Transaction, room: KnownRoom, leaving: Role): Promise<void> {
  if (leaving === 'owner' && (await countOwners(tx.sql, room.key)) === 1) {
    throw new ChatError('conflict', 'The last owner must hand the room over first.')
  }
}

type Told = { kind: 'member.joined' | 'member.left' | 'member.updated'; role: Role; gone: boolean }

function tell(
  scope: Scope,
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  { kind, role, gone }: Told,
): void {
  tx.add({ kind, actor: scope.actor, member: person, detail: { user: person.id, role } })
  // Before the event is heard: who has left must not hear even of that with a later seq than their last.
  tx.onCommit(() => announce(scope, { what: 'member', room: room.key, user: person.id, gone }))
}

async function findPerson(scope: Scope, username: string): Promise<Person> {
  const person = username.includes('@') ? undefined : await people(scope).findByName(username)
  if (!person || person.deleted) throw new ChatError('not_found', 'There is no such user.')
  return person
}
