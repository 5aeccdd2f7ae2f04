import { ChatError } from '../../protocol/errors.ts'
import { announce, type Person, type Scope, type Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { type RoomPass, type Transaction, writer } from '../log/writer.ts'
import { deleteInvitation } from './invitation-store.ts'
import type { KnownRoom } from './known.ts'
import { presentRoom } from './present.ts'
import {
  countOwners,
  deleteMember,
  findMemberRow,
  findSuccessor,
  holdPerson,
  insertMember,
  listRoomRows,
  type MemberRow,
  updateMemberRole,
} from './store.ts'
import { tellPerson, tellSilence } from './tell.ts'

type Role = MemberRow['role']

/** Lets somebody in; false when they were in already. */
export async function enter(
  scope: Tools & { actor: Person },
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  role: Role,
): Promise<boolean> {
  if (!(await holdPerson(tx.sql, person.id))) throw new ChatError('user_not_found')
  // Messages from before they joined are not unread.
  const row = { roomKey: room.key, userId: person.id, role, joinedAt: tx.at, readSeq: tx.head + 1 }
  const joined = await insertMember(tx.sql, row)
  // However they came in, nothing is left to accept.
  await deleteInvitation(tx.sql, room.key, person.id)
  if (joined) tell(scope, tx, room, person, { kind: 'member.joined', role, gone: false })
  return joined
}

export async function appoint(
  scope: Scope,
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  from: Role,
  role: Role,
) {
  await keepAnOwner(tx, room, from)
  await updateMemberRole(tx.sql, room.key, person.id, role)
  tell(scope, tx, room, person, { kind: 'member.updated', role, gone: false })
}

type Leaving<Held> = {
  reason: 'left' | 'removed'
  /** May refuse, knowing the role that they have at this moment, and what the gate says of the actor. */
  check?: (role: Role, held: Held, tx: Transaction) => Promise<void>
  /** Runs when the person is not a member; false when there is nothing of theirs to remove either. */
  absent?: (held: Held, tx: Transaction) => Promise<boolean>
  /** Somebody whose account ends does go: then the longest member becomes owner. */
  handOver?: boolean
}

export async function dismiss<Held>(
  scope: Scope,
  pass: RoomPass<Held> & { room: KnownRoom },
  person: Person,
  leaving: Leaving<Held>,
): Promise<void> {
  const { room } = pass
  const gone = await writer(scope).transact(pass, async (tx, held) => {
    const check = async (role: Role) => leaving.check?.(role, held, tx)
    if (await leave(scope, tx, room, person, { check, handOver: leaving.handOver ?? false })) return 'member'
    return (await leaving.absent?.(held, tx)) ? 'invited' : undefined
  })
  if (!gone) throw new ChatError('member_not_found')
  if (gone === 'invited') return
  tellPerson(scope, room, person.id, { type: 'room.closed', room: room.id, reason: leaving.reason })
}

type Way = { check?: (role: Role) => Promise<void>; handOver: boolean }

/** False when they were not in the room. */
export async function leave(
  scope: Scope,
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  { check, handOver }: Way,
): Promise<boolean> {
  const present = await findMemberRow(tx.sql, room.key, person.id)
  if (!present) return false
  await check?.(present.role)
  await deleteMember(tx.sql, room.key, person.id)
  tell(scope, tx, room, person, { kind: 'member.left', role: present.role, gone: true })
  if (present.role === 'owner') await succeed(scope, tx, room, handOver)
  return true
}

/** A room that has members keeps an owner. */
async function succeed(scope: Scope, tx: Transaction, room: KnownRoom, handOver: boolean): Promise<void> {
  if ((await countOwners(tx.sql, room.key)) > 0) return
  const successor = await findSuccessor(tx.sql, room.key)
  if (!handOver) throw new ChatError('last_owner')
  if (!successor) return
  await updateMemberRole(tx.sql, room.key, successor, 'owner')
  const people = await authorsOf(scope, [successor], tx.sql)
  const detail = { user: successor, role: 'owner' } as const
  tx.add({ kind: 'member.updated', actor: scope.actor, member: people.get(successor)!, detail })
  tx.onCommit(() => announce(scope, { what: 'member', room: room.key, user: successor, gone: false }))
}

async function keepAnOwner(tx: Transaction, room: KnownRoom, leaving: Role): Promise<void> {
  if (leaving === 'owner' && (await countOwners(tx.sql, room.key)) === 1) {
    throw new ChatError('last_owner')
  }
}

type MemberEvent = { kind: 'member.joined' | 'member.left' | 'member.updated'; role: Role; gone: boolean }

function tell(
  scope: Tools & { actor: Person },
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  { kind, role, gone }: MemberEvent,
): void {
  tx.add({ kind, actor: scope.actor, member: person, detail: { user: person.id, role } })
  // Announce it before the event is published: a person who has left must not get events after that.
  tx.onCommit(() => announce(scope, { what: 'member', room: room.key, user: person.id, gone }))
}

/** Sends all sockets of a person the room that they are now in. */
export async function tellOpened(tools: Tools, room: KnownRoom, person: Person): Promise<void> {
  const page = { limit: 1, others: false, only: room.id }
  const [row] = await listRoomRows(tools.sql, person, page)
  if (!row) return
  tellPerson(tools, room, person.id, { type: 'room.opened', room: presentRoom(row) })
  // A silence outlives leaving and is not in the log: without this, moderators would not know that they are still silenced.
  if (row.silencedUntil) await tellSilence(tools, room, person, row.silencedUntil)
}
