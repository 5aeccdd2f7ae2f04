import { ChatError } from '../../protocol/errors.ts'
import type { Room } from '../../protocol/rooms.ts'
import { isAdmin, type Scope } from '../../scope.ts'
import { pageOf } from '../page.ts'
import { readRoom } from './lock.ts'
import { presentRoom } from './present.ts'
import { listRoomRows, type RoomListRow, type RoomPosition } from './store.ts'

export async function listRooms(
  scope: Scope,
  page: { after?: string; limit?: number },
): Promise<{ items: Room[]; next?: string }> {
  const limit = page.limit ?? scope.policy.limits.page
  const reader = readerOf(scope)
  const range = { ...positionIn(page.after), limit: limit + 1, others: true }
  const rows = await listRoomRows(scope.sql, reader, scope.clock(), range)
  // No administrator any more: these may be rooms that they may not know of.
  if (reader.admin && !isAdmin(scope)) return listRooms(scope, page)
  const { page: shown, next } = pageOf(rows, limit, cursorOf)
  return { items: shown.map(presentRoom), ...next }
}

export async function showRoom(scope: Scope, id: string): Promise<Room> {
  const range = { limit: 1, others: true, only: id }
  const [row] = await readRoom(scope, id, 'find', () =>
    listRoomRows(scope.sql, readerOf(scope), scope.clock(), range),
  )
  if (!row) throw new ChatError('room_not_found')
  return presentRoom(row)
}

const cursorOf = ({ role, lastAt, id }: RoomListRow): string => `${role === null ? 1 : 0}.${lastAt}.${id}`

/** A cursor that is none of ours starts from the beginning. */
function positionIn(cursor = ''): { after?: RoomPosition } {
  const [, other, lastAt, id] = /^([01])\.(\d{1,17})\.([\w-]{1,64})$/.exec(cursor) ?? []
  return id === undefined ? {} : { after: { other: other === '1', lastAt: Number(lastAt), id } }
}

const readerOf = (scope: Scope) => ({ id: scope.actor.id, admin: isAdmin(scope) })
