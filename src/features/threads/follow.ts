import { ChatError } from '../../protocol/errors.ts'
import type { ThreadMark } from '../../protocol/threads.ts'
import type { Scope } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import type { LogRoom } from '../log/entry.ts'
import type { ThreadPlace } from '../messages/follow-store.ts'
import { findMessage } from '../messages/store.ts'
import { threadOf } from '../messages/threads.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { changeInRoom, withRoomLock } from '../rooms/lock.ts'
import { sendToPerson } from '../rooms/send.ts'
import { findMark, type Mark, moveThreadMark, putFollow } from './store.ts'

/** Follows the thread of a message, or stops. Under the lock of the room, so that a room that is deleted leaves no row behind. */
export async function followThread(
  scope: Scope,
  id: string,
  seq: number,
  following: boolean,
): Promise<ThreadMark> {
  return withRoomLock(scope, id, 'read', async (tx, { room }) => {
    const thread = await findThread(scope, tx.sql, room, seq)
    await putFollow(tx.sql, thread, scope.actor.id, following)
    const mark = present(room, thread.seq, await findMark(tx.sql, thread, scope.actor.id))
    tx.onCommit(() => sendMark(scope, room, mark))
    return mark
  })
}

/** Only a thread that the actor follows, or has followed, has a mark of its own. */
export async function markThreadRead(
  scope: Scope,
  id: string,
  seq: number,
  readSeq: number,
): Promise<ThreadMark> {
  const { room, mark, moved } = await changeInRoom(scope, id, 'read', async ({ room }) => {
    const thread = await findThread(scope, scope.sql, room, seq)
    const moved = await moveThreadMark(scope.sql, thread, scope.actor.id, readSeq)
    return { room, moved, mark: present(room, thread.seq, await findMark(scope.sql, thread, scope.actor.id)) }
  })
  if (moved) sendMark(scope, room, mark)
  return mark
}

async function findThread({ actor }: Scope, sql: Sql, room: LogRoom, seq: number): Promise<ThreadPlace> {
  const message = await findMessage(sql, room.key, actor.id, seq)
  if (!message) throw new ChatError('message_not_found')
  return { room: room.key, seq: await threadOf(sql, room, message) }
}

const present = (room: LogRoom, seq: number, { following, readSeq, unread }: Mark): ThreadMark => ({
  ...{ room: room.id, seq },
  ...{ read_seq: readSeq, unread, following },
})

const sendMark = (scope: Scope, room: KnownRoom, mark: ThreadMark): void =>
  sendToPerson(scope, room, scope.actor.id, { type: 'thread.changed', ...mark })
