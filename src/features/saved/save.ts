import { ChatError } from '../../protocol/errors.ts'
import type { SavedItem, SavedMark, SavedPage, SavedQuery } from '../../protocol/saved.ts'
import { isAdmin, type Scope } from '../../scope.ts'
import { showReadable } from '../messages/list.ts'
import { findMessage } from '../messages/store.ts'
import { newestCursor, newestIn, pageOf } from '../page.ts'
import { withRoomLock } from '../rooms/lock.ts'
import { sendToPerson } from '../rooms/send.ts'
import { countSaved, deleteSaved, insertSaved, listSavedRows } from './store.ts'

const mostSaved = 1000

/** Under the lock of the room, so that a message or a room that is deleted leaves no row behind. */
export function saveMessage(scope: Scope, id: string, seq: number, saved: boolean): Promise<SavedMark> {
  return withRoomLock(scope, id, 'read', async (tx, { room }) => {
    const { actor } = scope
    const message = await findMessage(tx.sql, room.key, actor.id, seq)
    if (!message) throw new ChatError('message_not_found')
    if (saved && message.deletedAt) throw new ChatError('message_deleted')
    const place = { room: room.key, seq }
    const moved = saved
      ? await insertSaved(tx.sql, place, actor.id, tx.at)
      : await deleteSaved(tx.sql, place, actor.id)
    if (saved && moved && (await countSaved(tx.sql, actor.id)) > mostSaved)
      throw new ChatError('too_many_saved', { most: mostSaved })
    const mark = { room: id, seq, saved }
    if (moved) tx.onCommit(() => sendToPerson(scope, room, actor.id, { type: 'saved.changed', ...mark }))
    return mark
  })
}

/** A page of what the actor has saved. What they may not read any more is left out of it. */
export async function listSaved(scope: Scope, { before, limit = 50 }: SavedQuery): Promise<SavedPage> {
  const reader = { id: scope.actor.id, admin: isAdmin(scope) }
  const position = newestIn(before)
  const rows = await listSavedRows(scope.sql, reader, {
    ...(position && { before: position }),
    limit: limit + 1,
  })
  const { page, next } = pageOf(rows, limit, newestCursor)
  const messages = await showReadable(scope, page)
  const items = page.flatMap(({ roomKey, room, seq, at }): SavedItem[] => {
    const message = messages(roomKey, seq)
    return message && !message.deleted_at ? [{ room, seq, message, at: at.toISOString() }] : []
  })
  return { items, ...next }
}
