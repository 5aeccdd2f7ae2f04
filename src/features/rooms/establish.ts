import { ChatError } from '../../protocol/errors.ts'
import type { RoomDraft } from '../../protocol/rooms.ts'
import type { Person, Tools } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { operatorsPass } from '../auth/redeem.ts'
import { foundRoom } from './create.ts'
import { tellOpened } from './enter.ts'
import type { KnownRoom } from './known.ts'

/** Creates a room for the operator: with an owner, or without one as a room of the community. */
export async function establishRoom(
  tools: Tools,
  owner: Person | undefined,
  draft: RoomDraft,
): Promise<KnownRoom> {
  if (draft.access === 'direct') throw new ChatError('direct_not_creatable')
  if (draft.access === 'closed' && !owner) {
    throw new ChatError('owner_required')
  }
  if (draft.access === 'admins' && owner && !owner.admin) {
    throw new ChatError('owner_not_admin')
  }
  if (owner?.banned) throw new ChatError('owner_banned')
  const room = await foundRoom(tools, operatorsPass, owner, draft)
  await recordAct(tools, { action: 'room.created', room: room.id, ...(owner && { subject: owner.id }) })
  if (owner) await tellOpened(tools, room, owner)
  return room
}
