import { invalidField } from '../../protocol/errors.ts'
import type { Message, MessageDraft, Sent } from '../../protocol/messages.ts'
import type { Scope } from '../../scope.ts'
import { isoTime } from '../../time.ts'
import type { LogRoom } from '../log/entry.ts'
import { origin } from '../log/present.ts'
import type { Appended } from '../log/repeats.ts'
import { writer } from '../log/writer.ts'
import { noteDelivery } from '../receipts/delivered.ts'
import { type Access, accessRoom, passTo } from '../rooms/access.ts'
import { showMessage } from './list.ts'
import { notifyMentioned } from './mentions.ts'
import { keepSlow } from './slow-mode.ts'
import { findMessage } from './store.ts'

/** Resolves when the message is committed. */
export async function sendMessage(scope: Scope, id: string, draft: MessageDraft): Promise<Sent> {
  const { room, appended } = await send(scope, id, draft)
  return { room: room.id, seq: appended.seq, created_at: isoTime(appended.at), epoch: room.epoch }
}

/** Like `sendMessage`, but returns the message. A retry gets the message that the first request created, with its edits. */
export async function postMessage(scope: Scope, id: string, draft: MessageDraft): Promise<Message> {
  const { room, appended } = await send(scope, id, draft)
  if (appended.repeated) return showMessage(scope, id, appended.seq)
  const { content, client_id: clientId, reply_to: replyTo } = draft
  const facts = {
    author: scope.actor,
    at: appended.at,
    ...(clientId ? { clientId } : {}),
    ...(replyTo ? { replyTo } : {}),
  }
  return { ...origin(room, appended.seq, facts), content, reactions: [] }
}

/** Whether a send can be queued without awaiting anything first: then the next send of its connection need not wait. */
export function isReadyToSend(scope: Scope, id: string, draft: MessageDraft): boolean {
  if (draft.reply_to !== undefined) return false
  try {
    const access = accessRoom(scope, id, 'post')
    if (!(access instanceof Promise)) return true
    // The send itself reports a refusal. Without a handler here, the rejection would end the process.
    access.catch(() => undefined)
    return false
  } catch {
    return false
  }
}

// Synchronous up to the append, so that messages of one connection are queued in the order in which they arrived.
function send(scope: Scope, id: string, draft: MessageDraft): Promise<{ room: LogRoom; appended: Appended }> {
  const access = accessRoom(scope, id, 'post')
  if (access instanceof Promise || draft.reply_to !== undefined) return prepare(scope, access, draft)
  return append(scope, access, draft)
}

async function prepare(scope: Scope, known: Access | Promise<Access>, draft: MessageDraft) {
  const access = await known
  const { room } = access
  if (
    draft.reply_to !== undefined &&
    !(await findMessage(scope.sql, room.key, scope.actor.id, draft.reply_to))
  ) {
    throw invalidField('/reply_to', 'reply_not_found')
  }
  return append(scope, access, draft)
}

async function append(scope: Scope, { room, member }: Access, draft: MessageDraft) {
  const { actor } = scope
  keepSlow(scope, room, member)
  const appended = await writer(scope).append(passTo(scope, room, 'post'), {
    kind: 'message.created',
    actor,
    text: draft.content,
    ...(draft.client_id === undefined ? {} : { clientId: draft.client_id }),
    ...(draft.reply_to === undefined ? {} : { replyTo: draft.reply_to }),
  })
  if (!appended.repeated) {
    scope.metrics.messagesStored.add()
    if (room.access === 'direct') noteDelivery(scope, room)
    if (draft.content.includes('@')) void notifyMentioned(scope, room, appended.seq, draft.content)
  }
  return { room, appended }
}
