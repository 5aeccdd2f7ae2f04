import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Scope } from '../../scope.ts'
import { findMessage } from '../messages/store.ts'
import { withRoomLock } from '../rooms/lock.ts'
import { sendOpenReports } from './notify.ts'
import { insertReport } from './store.ts'

/** A member reports a message of somebody else, also where they may not write. */
export async function reportMessage(
  scope: Scope,
  room: string,
  seq: number,
  reason: string,
): Promise<{ id: string }> {
  if (reason === '') throw invalidField('/reason', 'empty')
  const id = scope.newId()
  const roomKey = await withRoomLock(scope, room, 'read', async ({ sql, at }, { room: { key } }) => {
    const message = await findMessage(sql, key, scope.actor.id, seq)
    if (!message) throw new ChatError('message_not_found')
    if (message.deletedAt) throw new ChatError('message_deleted')
    if (message.authorId === scope.actor.id) throw new ChatError('report_yourself')
    const isNew = await insertReport(sql, {
      ...{ id, roomKey: key, seq, textSeq: message.editedSeq ?? seq },
      ...{ authorId: message.authorId, reporterId: scope.actor.id, reason, createdAt: at },
    })
    if (!isNew) throw new ChatError('already_reported')
    return key
  })
  await sendOpenReports(scope, { roomKey, seq })
  return { id }
}
