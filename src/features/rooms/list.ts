import { ChatError } from '../../protocol/errors.ts'
import type { Room } from '../../protocol/rooms.ts'
import { isAdmin, type Scope } from '../../scope.ts'
import { pageOf } from '../page.ts'
import { accessRoom } from './access.ts'
import { presentRoom } from './present.ts'
import { listRoomRows } from './store.ts'

export async function listRooms(
  scope: Scope,
  page: { after?: string; limit?: number; joined?: boolean },
): Promise<{ items: Room[]; next?: string }> {
  const limit = page.limit ?? scope.policy.limits.page
  const rows = await listRoomRows(scope.sql, readerOf(scope), {
    after: page.after ?? '',
    limit: limit + 1,
    others: !page.joined,
  })
  const { page: shown, next } = pageOf(rows, limit, (row) => row.id)
  return { items: shown.map(presentRoom), ...next }
}

export async function showRoom(scope: Scope, id: string): Promise<Room> {
  await accessRoom(scope, id, 'find')
  const [row] = await listRoomRows(scope.sql, readerOf(scope), {
    after: '',
    limit: 1,
    others: true,
    only: id,
  })
  if (!row) throw new ChatError('room_not_found')
  return presentRoom(row)
}

const readerOf = (scope: Scope) => ({ id: scope.actor.id, admin: isAdmin(scope) })
