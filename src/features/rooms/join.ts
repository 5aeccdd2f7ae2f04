import { ChatError } from '../../protocol/errors.ts'
import type { Room } from '../../protocol/rooms.ts'
import type { Scope } from '../../scope.ts'
import { accessRoom, passTo } from './access.ts'
import { recordAdministration } from './administration.ts'
import { dismiss, enter, tellOpened } from './enter.ts'
import { showRoom } from './list.ts'
import { withRoomLock } from './lock.ts'

/** Joining again changes nothing. */
export async function joinRoom(scope: Scope, id: string): Promise<Room> {
  const { member } = await accessRoom(scope, id, 'find')
  if (!member) await enterAs(scope, id)
  return showRoom(scope, id)
}

async function enterAs(scope: Scope, id: string): Promise<void> {
  const { room, joined } = await withRoomLock(scope, id, 'find', async (tx, access) => {
    const { room, member } = access
    if (!member && room.archived) throw new ChatError('room_archived')
    const joined = await enter(scope, tx, room, scope.actor, 'member')
    // Only an admin knows of a closed room that they are not in.
    if (joined && room.access === 'closed') {
      await recordAdministration(scope, access, { action: 'member.put', subject: scope.actor.id }, tx.sql)
    }
    return { room, joined }
  })
  if (joined) await tellOpened(scope, room, scope.actor)
}

export async function leaveRoom(scope: Scope, id: string): Promise<void> {
  const { room } = await accessRoom(scope, id, 'read')
  if (room.access === 'direct') throw new ChatError('direct_members_fixed')
  await dismiss(scope, passTo(scope, room, 'read'), scope.actor, { reason: 'left' })
}
