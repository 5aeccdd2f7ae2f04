import { ChatError } from '../../protocol/errors.ts'
import { recentMessages } from '../../protocol/limits.ts'
import type { HistoryQuery, ThreadPage } from '../../protocol/messages.ts'
import type { Scope } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import type { LogRoom } from '../log/entry.ts'
import { pageOf } from '../page.ts'
import { readRoom } from '../rooms/lock.ts'
import { isFollowing } from './follow-store.ts'
import { presentMessages } from './present.ts'
import { findMessage, type MessageRow } from './store.ts'
import { findRoot, readThread } from './threads-store.ts'

/** The message that the thread of a reply to this one begins with. */
export async function threadOf(
  sql: Sql,
  room: LogRoom,
  { seq, replyTo, threadSeq }: Pick<MessageRow, 'seq' | 'replyTo' | 'threadSeq'>,
): Promise<number> {
  if (threadSeq !== null) return threadSeq
  return replyTo === null ? seq : findRoot(sql, room.key, seq)
}

/** A page of a thread, by any of its messages: like a page of history, but only of its replies. */
export function listThread(scope: Scope, id: string, seq: number, query: HistoryQuery): Promise<ThreadPage> {
  return readRoom(scope, id, 'read', ({ room }) => readPage(scope, room, seq, query))
}

async function readPage(
  scope: Scope,
  room: LogRoom,
  seq: number,
  { before, after, limit = recentMessages }: HistoryQuery,
): Promise<ThreadPage> {
  const asked = await findMessage(scope.sql, room.key, scope.actor.id, seq)
  if (!asked) throw new ChatError('message_not_found')
  const thread = await threadOf(scope.sql, room, asked)
  const forwards = after !== undefined && before === undefined
  const range = { after: after ?? 0, before: before ?? Number.MAX_SAFE_INTEGER, limit: limit + 1, forwards }
  const [{ root: first, replies }, following] = await Promise.all([
    readThread(scope.sql, room.key, scope.actor.id, thread, range),
    isFollowing(scope.sql, { room: room.key, seq: thread }, scope.actor.id),
  ])
  if (!first) throw new ChatError('message_not_found')
  const { page, next } = pageOf(replies, limit, (row) => row.seq)
  if (!forwards) page.reverse()
  const [root, ...items] = await presentMessages(scope, room, [first, ...page])
  return { root: root!, items, ...next, head: first.head, following }
}
