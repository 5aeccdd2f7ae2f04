import { ChatError } from '../../protocol/errors.ts'
import type { NewRoom } from '../../protocol/rooms.ts'
import { isBanned, type Person, type Tools } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { operatorsPass } from '../auth/redeem.ts'
import { createRoomFor } from './create.ts'
import type { KnownRoom } from './known.ts'
import { sendRoomOpened } from './membership.ts'

/** Creates a room for the operator: with an owner, or without one as a room of the community. */
export async function createRoomAsOperator(
  tools: Tools,
  owner: Person | undefined,
  newRoom: NewRoom,
): Promise<KnownRoom> {
  if (newRoom.access === 'direct') throw new ChatError('direct_not_creatable')
  if (newRoom.access === 'closed' && !owner) {
    throw new ChatError('owner_required')
  }
  if (newRoom.access === 'admins' && owner && !owner.admin) {
    throw new ChatError('owner_not_admin')
  }
  if (owner && isBanned(tools, owner)) throw new ChatError('owner_banned')
  const room = await createRoomFor(tools, operatorsPass, owner, newRoom)
  await recordAct(tools, { action: 'room.created', room: room.id, ...(owner && { subject: owner.id }) })
  if (owner) await sendRoomOpened(tools, room, owner)
  return room
}
