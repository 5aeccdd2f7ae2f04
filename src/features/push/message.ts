import type { PushMessage } from '../../protocol/push.ts'
import type { Tools } from '../../scope.ts'
import { beginningOf } from '../../text/cut.ts'
import { plainText } from '../../text/markdown/plain.ts'
import { readEntriesAt } from '../log/replay.ts'
import type { Called } from './store.ts'

const mostTextUnits = 200

/** As much as the operator lets it say. Undefined if the message was deleted in this moment. */
export async function messageFor(tools: Tools, called: Called): Promise<PushMessage | undefined> {
  const { room, roomKey, epoch, seq, kind, title } = called
  const message: PushMessage = { type: 'message', room, seq }
  const { pushContent } = tools.policy
  if (pushContent === 'none') return message
  const [entry] = await readEntriesAt(tools, [{ room: { key: roomKey, id: room, epoch }, seq }])
  if (!entry || entry.deletedAt) return undefined
  Object.assign(message, { kind, author: entry.actor.displayName || entry.actor.username })
  if (kind !== 'direct') message.title = title || room
  if (pushContent === 'full' && entry.text) message.text = beginningOf(plainText(entry.text), mostTextUnits)
  return message
}
