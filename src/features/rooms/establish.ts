import { invalidField } from '../../protocol/errors.ts'
import type { RoomDraft } from '../../protocol/rooms.ts'
import type { Person, Tools } from '../../scope.ts'
import { recordAct } from '../audit/record.ts'
import { foundRoom } from './create.ts'
import { tellOpened } from './enter.ts'
import type { KnownRoom } from './known.ts'

/** As the operator: a room of the community itself, or somebody's own. */
export async function establishRoom(
  tools: Tools,
  owner: Person | undefined,
  draft: RoomDraft,
): Promise<KnownRoom> {
  if (draft.access === 'direct') throw invalidField('/access', 'direct rooms are opened by those in them')
  if (draft.access === 'closed' && !owner) {
    throw invalidField('/owner', 'is needed for a closed room: nobody else could let anybody in')
  }
  if (draft.access === 'admins' && owner && !owner.admin) {
    throw invalidField('/owner', 'is no administrator, and could not enter')
  }
  if (owner?.banned) throw invalidField('/owner', 'is banned')
  const room = await foundRoom(tools, owner, draft)
  await recordAct(tools, { action: 'room.created', room: room.id, ...(owner && { subject: owner.id }) })
  if (owner) await tellOpened(tools, room, owner)
  return room
}
