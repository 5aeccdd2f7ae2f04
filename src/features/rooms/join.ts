import { ChatError } from '../../protocol/errors.ts'
import type { Room } from '../../protocol/rooms.ts'
import type { Scope } from '../../scope.ts'
import { accessRoom, passTo } from './access.ts'
import { recordAdministration } from './administration.ts'
import { showRoom } from './list.ts'
import { withRoomLock } from './lock.ts'
import { addMember, removeFromRoom, sendRoomOpened } from './membership.ts'

/** Joining again changes nothing. */
export async function joinRoom(scope: Scope, id: string): Promise<Room> {
  const { member } = await accessRoom(scope, id, 'find')
  if (!member) await join(scope, id)
  return showRoom(scope, id)
}

async function join(scope: Scope, id: string): Promise<void> {
  const { room, joined } = await withRoomLock(scope, id, 'find', async (tx, access) => {
    const { room, member } = access
    if (!member && room.archived) throw new ChatError('room_archived')
    const joined = await addMember(scope, tx, room, scope.actor, 'member')
    // Only an admin knows of a closed room that they are not in.
    if (joined && room.access === 'closed') {
      await recordAdministration(scope, access, { action: 'member.put', subject: scope.actor.id }, tx.sql)
    }
    return { room, joined }
  })
  if (joined) await sendRoomOpened(scope, room, scope.actor)
}

export async function leaveRoom(scope: Scope, id: string): Promise<void> {
  const { room } = await accessRoom(scope, id, 'read')
  if (room.access === 'direct') throw new ChatError('direct_members_fixed')
  await removeFromRoom(scope, passTo(scope, room, 'read'), scope.actor, { reason: 'left' })
}
