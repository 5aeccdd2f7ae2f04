import { ChatError } from '../../protocol/errors.ts'
import { isAdmin, type Scope } from '../../scope.ts'
import type { LogRoom } from '../log/entry.ts'
import { accessRoom } from '../rooms/access.ts'
import type { Spot } from './cursor.ts'

/** The rooms whose messages the actor may read. The gate is asked again for each room of a result. */
export async function listReadable(scope: Scope): Promise<Map<number, LogRoom>> {
  const rooms = await scope.sql.query<LogRoom>(
    `select rooms.key, rooms.id, rooms.epoch from members join rooms on rooms.key = members.room_key
     where members.user_id = $1 and rooms.deleted_at is null and (rooms.access <> 'admins' or $2)`,
    [scope.actor.id, isAdmin(scope)],
  )
  return new Map(rooms.map((room) => [room.key, room]))
}

/** Rooms that a query names. */
export async function accessReadable(scope: Scope, ids: string[]): Promise<Map<number, LogRoom>> {
  const rooms = new Map<number, LogRoom>()
  for (const id of ids) {
    const { room } = await accessRoom(scope, id.replace(/^#/, ''), 'read')
    rooms.set(room.key, { key: room.key, id: room.id, epoch: room.epoch })
  }
  return rooms
}

/** Without those of rooms that the actor has lost while the search ran. */
export async function keepReadable<Item extends { spot: Spot }>(
  scope: Scope,
  rooms: ReadonlyMap<number, LogRoom>,
  items: Item[],
): Promise<Item[]> {
  const readable = new Set<number>()
  const keys = [...new Set(items.map(({ spot }) => spot.roomKey))]
  // Together, so that what is not in memory is read with one statement.
  await Promise.all(
    keys.map(async (key) => {
      try {
        const { room } = await accessRoom(scope, rooms.get(key)!.id, 'read')
        if (room.key === key) readable.add(key)
      } catch (error) {
        if (!(error instanceof ChatError)) throw error
      }
    }),
  )
  return items.filter(({ spot }) => readable.has(spot.roomKey))
}
