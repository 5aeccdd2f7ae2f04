import { ChatError } from '../../protocol/errors.ts'
import type { Room } from '../../protocol/rooms.ts'
import type { Scope } from '../../scope.ts'
import { accessRoom } from './access.ts'
import { recordAdministration } from './administration.ts'
import { admit, dismiss } from './enter.ts'
import { showRoom } from './list.ts'

/** Joining again changes nothing. */
export async function joinRoom(scope: Scope, id: string): Promise<Room> {
  const access = await accessRoom(scope, id, 'find')
  const { room, member } = access
  if (!member && room.archived) throw new ChatError('room_archived')
  const joined = !member && (await admit(scope, room, scope.actor, 'member'))
  // Only an admin knows of a closed room that they are not in.
  if (joined && room.access === 'closed') {
    await recordAdministration(scope, access, { action: 'member.put', subject: scope.actor.id })
  }
  return showRoom(scope, id)
}

export async function leaveRoom(scope: Scope, id: string): Promise<void> {
  const { room } = await accessRoom(scope, id, 'read')
  if (room.access === 'direct') throw new ChatError('direct_members_fixed')
  await dismiss(scope, room, scope.actor, { reason: 'left' })
}
