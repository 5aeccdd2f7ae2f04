import { invalidField } from '../../protocol/errors.ts'
import type { Message, NewMessage, Sent } from '../../protocol/messages.ts'
import type { Scope } from '../../scope.ts'
import { isoTime } from '../../time.ts'
import type { LogRoom } from '../log/entry.ts'
import { origin } from '../log/present.ts'
import type { Appended } from '../log/repeats.ts'
import { writer } from '../log/writer.ts'
import { noteDelivery } from '../receipts/delivered.ts'
import { type Access, accessRoom, isAtHand, passTo } from '../rooms/access.ts'
import { showMessage } from './list.ts'
import { notifyMentioned } from './mentions.ts'
import { enforceSlowMode } from './slow-mode.ts'
import { findMessage } from './store.ts'

/** Resolves when the message is committed. */
export async function sendMessage(scope: Scope, id: string, message: NewMessage): Promise<Sent> {
  const { room, appended } = await send(scope, id, message)
  return { room: room.id, seq: appended.seq, created_at: isoTime(appended.at), epoch: room.epoch }
}

/** Like `sendMessage`, but returns the message. A retry gets the message that the first request created, with its edits. */
export async function postMessage(scope: Scope, id: string, message: NewMessage): Promise<Message> {
  const { room, appended } = await send(scope, id, message)
  if (appended.repeated) return showMessage(scope, id, appended.seq)
  const { content, client_id: clientId, reply_to: replyTo } = message
  const facts = {
    author: scope.actor,
    at: appended.at,
    ...(clientId ? { clientId } : {}),
    ...(replyTo ? { replyTo } : {}),
  }
  return { ...origin(room, appended.seq, facts), content, reactions: [] }
}

/** Whether a send can be queued without awaiting anything first: then the next send of its connection need not wait. */
export function isReadyToSend(scope: Scope, id: string, message: NewMessage): boolean {
  if (message.reply_to !== undefined) return false
  // The send itself reports a refusal.
  return isAtHand(scope, id, 'post')
}

// Synchronous up to the append, so that messages of one connection are queued in the order in which they arrived.
function send(scope: Scope, id: string, message: NewMessage): Promise<{ room: LogRoom; appended: Appended }> {
  const access = accessRoom(scope, id, 'post')
  if (access instanceof Promise || message.reply_to !== undefined) return prepare(scope, access, message)
  return append(scope, access, message)
}

async function prepare(scope: Scope, known: Access | Promise<Access>, message: NewMessage) {
  const access = await known
  const { room } = access
  if (
    message.reply_to !== undefined &&
    !(await findMessage(scope.sql, room.key, scope.actor.id, message.reply_to))
  ) {
    throw invalidField('/reply_to', 'reply_not_found')
  }
  return append(scope, access, message)
}

async function append(scope: Scope, { room, member }: Access, message: NewMessage) {
  const { actor } = scope
  enforceSlowMode(scope, room, member)
  const appended = await writer(scope).append(passTo(scope, room, 'post'), {
    kind: 'message.created',
    actor,
    text: message.content,
    ...(message.client_id === undefined ? {} : { clientId: message.client_id }),
    ...(message.reply_to === undefined ? {} : { replyTo: message.reply_to }),
  })
  if (!appended.repeated) {
    scope.metrics.messagesStored.add()
    if (room.access === 'direct') noteDelivery(scope, room)
    notifyMentioned(scope, room, appended.seq, message.content)
  }
  return { room, appended }
}
