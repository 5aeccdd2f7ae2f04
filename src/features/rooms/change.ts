import { invalidField } from '../../protocol/errors.ts'
import type { Room, RoomChange } from '../../protocol/rooms.ts'
import { announce, type Scope } from '../../scope.ts'
import { writer } from '../log/writer.ts'
import { accessRoom } from './access.ts'
import { showRoom } from './list.ts'
import { listMemberIds, updateRoom } from './store.ts'

export async function changeRoom(scope: Scope, id: string, change: RoomChange): Promise<Room> {
  const { room } = await accessRoom(scope, id, 'own')
  if (room.access === 'direct') throw invalidField('/', 'A direct room has no settings.')
  await writer(scope).transact(room, async (tx) => {
    await updateRoom(tx.sql, room.key, change)
    tx.add({ kind: 'room.updated', actor: scope.actor, detail: { changed: change } })
    tx.onCommit(() => {
      Object.assign(room, change)
      announce(scope, { what: 'room', room: room.key })
    })
  })
  return showRoom(scope, id)
}

/** Closes the room for everyone at once. Its name may be used again; the log of the new room is another one. */
export async function deleteRoom(scope: Scope, id: string): Promise<void> {
  const { room } = await accessRoom(scope, id, 'own')
  const members = await writer(scope).transact(room, async (tx) => {
    await updateRoom(tx.sql, room.key, { deletedAt: tx.at })
    tx.onCommit(() => {
      room.deleted = true
      announce(scope, { what: 'room', room: room.key })
    })
    return listMemberIds(tx.sql, room.key)
  })
  const text = JSON.stringify({ type: 'room.closed', room: room.id, reason: 'deleted' })
  for (const user of members) scope.bus.publish({ to: 'user', user, text })
}
