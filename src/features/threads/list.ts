import type { FollowedPage, FollowedQuery, FollowedThread } from '../../protocol/threads.ts'
import { isAdmin, type Scope } from '../../scope.ts'
import { showReadable } from '../messages/list.ts'
import { newestCursor, newestIn, pageOf } from '../page.ts'
import { countUnreadThreads, listFollowRows } from './store.ts'

/** A page of the threads that the actor follows. What they may not read any more is left out of it. */
export async function listFollowed(
  scope: Scope,
  { before, limit = 50 }: FollowedQuery,
): Promise<FollowedPage> {
  const reader = { id: scope.actor.id, admin: isAdmin(scope) }
  const position = newestIn(before)
  const rows = await listFollowRows(scope.sql, reader, {
    ...(position && { before: position }),
    limit: limit + 1,
  })
  const { page, next } = pageOf(rows, limit, newestCursor)
  const messages = await showReadable(
    scope,
    page.flatMap((row) => [row, { ...row, seq: row.place }]),
  )
  const items = page.flatMap((row): FollowedThread[] => {
    const { room, roomKey, seq, readSeq, unread, place } = row
    const message = messages(roomKey, seq)
    const last = messages(roomKey, place)
    if (!message || !last || last.deleted_at) return []
    return [{ room, seq, read_seq: readSeq, unread, message, last }]
  })
  return { items, ...next, ...(position ? {} : { unread: await countUnreadThreads(scope.sql, reader) }) }
}
