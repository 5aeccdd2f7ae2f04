import { ChatError } from '../../protocol/errors.ts'
import { announce, type InName, type Person, type Scope, type Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { type RoomPass, type Transaction, writer } from '../log/writer.ts'
import { deleteInvitation } from './invitation-store.ts'
import type { KnownRoom } from './known.ts'
import { closedNote, openedNote, roomFor } from './notes.ts'
import { sendSilence } from './send.ts'
import {
  countOwners,
  deleteMember,
  findMemberRow,
  findSuccessor,
  insertMember,
  lockPerson,
  type MemberRow,
  type RoomListRow,
  updateMemberRole,
} from './store.ts'

type Role = MemberRow['role']

/** Adds a person to the room; false if they are a member already. */
export async function addMember(
  scope: InName,
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  role: Role,
): Promise<boolean> {
  if (!(await lockPerson(tx.sql, person.id))) throw new ChatError('user_not_found')
  // Messages from before they joined are not unread.
  const row = { roomKey: room.key, userId: person.id, role, joinedAt: tx.at, readSeq: tx.head + 1 }
  const joined = await insertMember(tx.sql, row)
  // However they joined, nothing is left to accept.
  await deleteInvitation(tx.sql, room.key, person.id)
  if (joined) addMemberEvent(scope, tx, room, person, { kind: 'member.joined', role, gone: false })
  return joined
}

export async function changeRole(
  scope: Scope,
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  from: Role,
  role: Role,
) {
  await requireAnotherOwner(tx, room, from)
  await updateMemberRole(tx.sql, room.key, person.id, role)
  addMemberEvent(scope, tx, room, person, { kind: 'member.updated', role, gone: false })
}

type Removal<Held> = {
  reason: 'left' | 'removed'
  /** May refuse, knowing the role that they have at this moment, and what the gate says of the actor. */
  check?: (role: Role, held: Held, tx: Transaction) => Promise<void>
  /** Runs if the person is not a member; false if there is nothing else of theirs to remove. */
  ifAbsent?: (held: Held, tx: Transaction) => Promise<boolean>
  /** An account that ends leaves even as the last owner: then the member of longest standing becomes owner. */
  handOver?: boolean
}

export async function removeFromRoom<Held>(
  scope: InName,
  pass: RoomPass<Held> & { room: KnownRoom },
  person: Person,
  removal: Removal<Held>,
): Promise<void> {
  const { room } = pass
  const gone = await writer(scope).transact(pass, async (tx, held) => {
    const check = async (role: Role) => removal.check?.(role, held, tx)
    if (
      await removeMemberInTransaction(scope, tx, room, person, { check, handOver: removal.handOver ?? false })
    )
      return 'member'
    return (await removal.ifAbsent?.(held, tx)) ? 'invited' : undefined
  })
  if (!gone) throw new ChatError('member_not_found')
  if (gone === 'invited') return
  sendRoomLost(scope, room, person, removal.reason)
}

/** Sends all sockets of a person that they are no longer in the room. */
export function sendRoomLost(
  tools: Tools,
  room: KnownRoom,
  { id }: Person,
  reason: 'left' | 'removed',
): void {
  tools.bus.publish(closedNote(room, id, reason))
}

/** False if they were not in the room. */
export async function removeMemberInTransaction(
  scope: InName,
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  { check, handOver }: { check?: (role: Role) => Promise<void>; handOver: boolean },
): Promise<boolean> {
  const present = await findMemberRow(tx.sql, room.key, person.id)
  if (!present) return false
  await check?.(present.role)
  await deleteMember(tx.sql, room.key, person.id)
  addMemberEvent(scope, tx, room, person, { kind: 'member.left', role: present.role, gone: true })
  if (present.role === 'owner') await ensureOwner(scope, tx, room, handOver)
  return true
}

/** A room that has members keeps an owner. */
async function ensureOwner(
  scope: InName,
  tx: Transaction,
  room: KnownRoom,
  handOver: boolean,
): Promise<void> {
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

async function requireAnotherOwner(tx: Transaction, room: KnownRoom, leaving: Role): Promise<void> {
  if (leaving === 'owner' && (await countOwners(tx.sql, room.key)) === 1) {
    throw new ChatError('last_owner')
  }
}

type MemberEvent = { kind: 'member.joined' | 'member.left' | 'member.updated'; role: Role; gone: boolean }

function addMemberEvent(
  scope: InName,
  tx: Transaction,
  room: KnownRoom,
  person: Person,
  { kind, role, gone }: MemberEvent,
): void {
  tx.add({ kind, actor: scope.actor, member: person, detail: { user: person.id, role } })
  // Announce it before the event is published: a person who has left must not get events after that.
  tx.onCommit(() => announce(scope, { what: 'member', room: room.key, user: person.id, gone }))
}

/** Sends all sockets of a person the room that they are now in; `row`: as it was read already. */
export async function sendRoomOpened(
  tools: Tools,
  room: KnownRoom,
  person: Person,
  row?: RoomListRow,
): Promise<void> {
  const opened = row ?? (await roomFor(tools, room.id, person))
  if (!opened) return
  tools.bus.publish(openedNote(room, person.id, opened))
  // A silence outlives leaving and is not in the log: without this, moderators would not know that they are still silenced.
  if (opened.silencedUntil) await sendSilence(tools, room, person, opened.silencedUntil)
}
