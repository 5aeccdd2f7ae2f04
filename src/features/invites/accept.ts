import { hashToken } from '../../crypto/keys.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { InviteOffer } from '../../protocol/invites.ts'
import type { Room } from '../../protocol/rooms.ts'
import type { Person, Scope, Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { communityRow } from '../community/community.ts'
import { type RoomPass, type Transaction, writer } from '../log/writer.ts'
import { type KnownRoom, knownRooms } from '../rooms/known.ts'
import { showRoom } from '../rooms/list.ts'
import { addMember, sendRoomOpened } from '../rooms/membership.ts'
import { findInvite, type OfferedInvite, useInvite } from './store.ts'

/** What a person with the code may see of the room, before they join. */
export async function showInvitation(scope: Scope, code: string) {
  const { invite } = await findOffered(scope, code)
  const people = await authorsOf(scope, [invite.createdBy])
  return {
    room: invite.room,
    title: invite.title || invite.room,
    description: invite.description,
    invited_by: people.get(invite.createdBy)!.username,
    expires_at: invite.expiresAt.toISOString(),
  }
}

/** What a person without an account may see of it: enough to know that it is for them. */
export async function offerInvite(tools: Tools, code: string): Promise<InviteOffer> {
  const found = await findInviteFor(tools, code)
  if (!found) throw gone()
  const { invite } = found
  const people = await authorsOf(tools, [invite.createdBy])
  const { name } = communityRow(tools)
  return {
    title: invite.title || invite.room,
    invited_by: people.get(invite.createdBy)!.displayName,
    ...(name && { community: name }),
  }
}

/** Joins the room. A member of the room does not use up the invite. */
export async function acceptInvite(scope: Scope, code: string): Promise<Room> {
  const { invite, room, isMember } = await findOffered(scope, code)
  if (room.archived) throw gone()
  if (!isMember) {
    const pass: RoomPass<undefined> = { room, recheck: () => scope.recheck() }
    const joined = await writer(scope).transact(pass, (tx) => joinByInvite(scope, tx, room, invite))
    if (joined) await sendRoomOpened(scope, room, scope.actor)
  }
  return showRoom(scope, room.id)
}

/** For a person without an account. Undefined if the code lets nobody in. */
export async function findInviteFor(
  tools: Tools,
  code: string,
): Promise<{ invite: OfferedInvite; room: KnownRoom } | undefined> {
  const invite = await findInvite(tools.sql, hashToken(code), tools.clock())
  const room = invite?.usable ? await knownRooms(tools).find(invite.room) : undefined
  return invite && room && !room.deleted && !room.archived ? { invite, room } : undefined
}

/** False if they are a member already. Inside the transaction: an invite for one person must not let two in. */
export async function joinByInvite(
  scope: Tools & { actor: Person },
  tx: Transaction,
  room: KnownRoom,
  invite: OfferedInvite,
): Promise<boolean> {
  if (!(await addMember(scope, tx, room, scope.actor, 'member'))) return false
  if (!(await useInvite(tx.sql, invite.id, tx.at))) throw gone()
  return true
}

async function findOffered(scope: Scope, code: string) {
  const invite = await findInvite(scope.sql, hashToken(code), scope.clock())
  const access = invite && (await knownRooms(scope).load(invite.room, scope.actor.id))
  const isMember = access?.member != null
  // A member may open their link again, even if they were the last person it let in.
  if (!invite || !access || (!invite.usable && !isMember)) throw gone()
  return { invite, room: access.room, isMember }
}

/** Wrong, expired, used up and revoked codes get the same refusal. */
const gone = (): ChatError => new ChatError('invite_invalid')
