import { ChatError } from '../../protocol/errors.ts'
import { avatarAddress } from '../../protocol/files.ts'
import type { Room } from '../../protocol/rooms.ts'
import { announce, type InName, type Scope } from '../../scope.ts'
import { sweepRemoved } from '../attachments/removed.ts'
import { endUploadIn } from '../files/space.ts'
import { receive } from '../files/upload.ts'
import { type Transaction, writer } from '../log/writer.ts'
import { passOfServer } from '../rooms/access.ts'
import { recordRoomChange } from '../rooms/change.ts'
import { type KnownRoom, knownRooms } from '../rooms/known.ts'
import { showRoom } from '../rooms/list.ts'
import { readRoom, withRoomLock } from '../rooms/lock.ts'
import { listRoomsWithPictureBy, replaceOfRoom } from './store.ts'

export async function setRoomAvatar(scope: Scope, id: string, request: Request): Promise<Room> {
  const key = await readRoom(scope, id, 'own', async ({ room }) => keyOf(room))
  await receive(scope, { purpose: 'avatar', roomKey: key }, request, (arrived) =>
    withRoomLock(scope, id, 'own', async (tx, access) => {
      if (keyOf(access.room) !== key) throw new ChatError('room_not_found')
      await endUploadIn(scope, tx.sql, arrived)
      await replace(scope, tx, access.room, arrived.id)
      await recordRoomChange(scope, tx, access, ['avatar'])
    }),
  )
  void sweepRemoved(scope)
  return showRoom(scope, id)
}

export async function removeRoomAvatar(scope: Scope, id: string): Promise<void> {
  await withRoomLock(scope, id, 'own', async (tx, access) => {
    keyOf(access.room)
    if (await replace(scope, tx, access.room, null)) await recordRoomChange(scope, tx, access, ['avatar'])
  })
  void sweepRemoved(scope)
}

/** Removes the pictures of rooms that the person has uploaded, when their account is erased. */
export async function removeRoomAvatarsBy(scope: InName): Promise<void> {
  for (const row of await listRoomsWithPictureBy(scope.sql, scope.actor.id)) {
    const room = knownRooms(scope).keep(row)
    await writer(scope).transact(passOfServer(room), (tx) => replace(scope, tx, room, null))
  }
}

/** A direct room looks like its people. */
function keyOf({ access, key }: KnownRoom): number {
  if (access === 'direct') throw new ChatError('direct_without_settings')
  return key
}

/** False, without an event, if it had none and has none. */
async function replace(
  scope: InName,
  tx: Transaction,
  room: KnownRoom,
  avatar: string | null,
): Promise<boolean> {
  if (!(await replaceOfRoom(tx.sql, room.key, avatar))) return false
  const changed = { avatar: avatar === null ? null : avatarAddress(avatar) }
  tx.add({ kind: 'room.updated', actor: scope.actor, detail: { changed } })
  tx.onCommit(() => {
    room.avatar = avatar
    announce(scope, { what: 'room', room: room.key })
  })
  return true
}
