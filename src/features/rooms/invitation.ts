import { ChatError } from '../../protocol/errors.ts'
import type { RoomInvitation } from '../../protocol/invitations.ts'
import type { Room } from '../../protocol/rooms.ts'
import { isAdmin, type Person, type Scope } from '../../scope.ts'
import { shownName, shownProse } from '../../text/names.ts'
import { people } from '../auth/people.ts'
import { type RoomPass, type Transaction, writer } from '../log/writer.ts'
import {
  countInvitations,
  deleteInvitation,
  hasBlocked,
  type InvitationRow,
  insertInvitation,
  listInvitations,
  replaceInvitation,
  sharesRoom,
} from './invitation-store.ts'
import { type KnownRoom, knownRooms } from './known.ts'
import { showRoom } from './list.ts'
import { addMember, sendRoomOpened } from './membership.ts'
import { sendToPerson } from './send.ts'
import { findMemberRow, lockPerson, type MemberRow } from './store.ts'

/** Unanswered invitations from one person to another. */
const mostUnanswered = 10

/**
 * Whether the actor may add this person at once: a bot, somebody they share a room with, or anyone as an administrator. Nobody
 * is added by a person whom they have blocked: that looks like an invitation, so that nobody finds out who blocked them.
 */
export async function mayAddAtOnce(scope: Scope, person: Person): Promise<boolean> {
  if (person.bot || person === scope.actor) return true
  if (await hasBlocked(scope.sql, person.id, scope.actor.id)) return false
  return isAdmin(scope) || sharesRoom(scope.sql, scope.actor.id, person.id)
}

/**
 * Inside the transaction. The person becomes a member when they accept. An invitation that they see stays until somebody appoints them
 * to another role; one that no longer counts gives way.
 */
export async function invite(
  scope: Scope,
  { sql, at, onCommit }: Pick<Transaction, 'sql' | 'at' | 'onCommit'>,
  room: KnownRoom,
  person: Person,
  role: MemberRow['role'] | undefined,
  appoints: boolean,
): Promise<void> {
  const { actor } = scope
  if (!(await lockPerson(sql, person.id))) throw new ChatError('user_not_found')
  if ((await countInvitations(sql, person.id, actor.id)) >= mostUnanswered) {
    throw new ChatError('too_many_invitations', { most: mostUnanswered })
  }
  const blocked = await hasBlocked(sql, person.id, actor.id)
  const row = {
    ...{ roomKey: room.key, userId: person.id, invitedBy: actor.id },
    ...{ role: role ?? 'member', createdAt: at },
  }
  if (!(await insertInvitation(sql, row))) {
    const [seen] = await listInvitations(sql, person.id, scope.clock(), room.id)
    if (seen && (role === undefined || role === seen.role)) return
    if (seen && !appoints) throw new ChatError('owners_appoint')
    if (seen && blocked) return
    const own = seen?.invitedBy === actor.username
    await replaceInvitation(sql, own ? { ...row, createdAt: seen.at } : row)
    // What the person sees of it is the same.
    if (own) return
  }
  // Stored all the same, and not shown: otherwise the limit above would tell who has blocked the actor.
  if (blocked) return
  const { id, title, description } = room
  const shown = presentInvitation({ room: id, title, description, invitedBy: actor.username, at })
  onCommit(() => sendToPerson(scope, room, person.id, { type: 'room.invited', ...shown }))
}

export async function listOwnInvitations(scope: Scope): Promise<{ items: RoomInvitation[] }> {
  return { items: (await listInvitations(scope.sql, scope.actor.id, scope.clock())).map(presentInvitation) }
}

export async function acceptInvitation(scope: Scope, id: string): Promise<Room> {
  const { actor } = scope
  const { room } = await offeredRoom(scope, id)
  // Outside of the gate, which knows no invitation: their session counts, and inside the transaction the invitation.
  const pass: RoomPass<undefined> & { room: KnownRoom } = { room, recheck: () => scope.recheck() }
  const joined = await writer(scope).transact(pass, async (tx) => {
    // What it rests on may have ended: the right of the person who invited, the room, their account.
    const [offered] = await listInvitations(tx.sql, actor.id, scope.clock(), id)
    const gone = offered && (await deleteInvitation(tx.sql, room.key, actor.id))
    if (!gone) throw notFound()
    const inviter = await people(scope).findAll([gone.invitedBy], tx.sql)
    const role = inviter.get(gone.invitedBy)?.admin ? gone.role : await roleFrom(tx, room, gone)
    return addMember(scope, tx, room, actor, role)
  })
  if (joined) await sendRoomOpened(scope, room, actor)
  return showRoom(scope, id)
}

/** Only an owner appoints. A person whom a former owner invited as a moderator becomes a member. */
async function roleFrom(
  { sql }: Transaction,
  room: KnownRoom,
  { role, invitedBy }: { role: MemberRow['role']; invitedBy: string },
): Promise<MemberRow['role']> {
  if (role === 'member') return role
  const inviter = await findMemberRow(sql, room.key, invitedBy)
  return inviter?.role === 'owner' ? role : 'member'
}

export async function declineInvitation(scope: Scope, id: string): Promise<void> {
  const { room } = await offeredRoom(scope, id)
  if (!(await deleteInvitation(scope.sql, room.key, scope.actor.id))) throw notFound()
}

/** Looks for the invitation first: without one, nobody may find out whether there is such a room. */
async function offeredRoom(scope: Scope, id: string) {
  const [offered] = await listInvitations(scope.sql, scope.actor.id, scope.clock(), id)
  const known = offered && (await knownRooms(scope).load(id, scope.actor.id))
  if (!known) throw notFound()
  return known
}

const notFound = (): ChatError => new ChatError('invitation_not_found')

const presentInvitation = ({
  room,
  title,
  description,
  invitedBy,
  at,
}: Omit<InvitationRow, 'role'>): RoomInvitation => ({
  room,
  title: shownName(title) || room,
  description: shownProse(description),
  invited_by: invitedBy,
  at: at.toISOString(),
})
