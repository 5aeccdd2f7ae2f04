import { ChatError, invalidField } from '../../protocol/errors.ts'
import type { Message, MessageDraft, Sent } from '../../protocol/messages.ts'
import { createRateLimit } from '../../rate.ts'
import { perServer, type Scope } from '../../scope.ts'
import { isoTime } from '../../time.ts'
import type { LogRoom } from '../log/entry.ts'
import { origin } from '../log/present.ts'
import type { Answer } from '../log/repeats.ts'
import { writer } from '../log/writer.ts'
import { type Access, accessRoom } from '../rooms/access.ts'
import { showMessage } from './list.ts'
import { findMessage } from './store.ts'

const sendRate = perServer(({ rules: { limits } }) =>
  createRateLimit({ perSecond: limits.messages_per_second, burst: limits.messages_burst }),
)

/** Resolves when the message is committed. */
export async function sendMessage(scope: Scope, id: string, draft: MessageDraft): Promise<Sent> {
  const { room, answer } = await send(scope, id, draft)
  return { room: room.id, seq: answer.seq, created_at: isoTime(answer.at), epoch: room.epoch }
}

/** The same, answering with the message as it stands (a retry gets the first one, edited or not). */
export async function postMessage(scope: Scope, id: string, draft: MessageDraft): Promise<Message> {
  const { room, answer } = await send(scope, id, draft)
  if (answer.repeated) return showMessage(scope, id, answer.seq)
  const { content, client_id: clientId, reply_to: replyTo } = draft
  const facts = {
    author: scope.actor,
    at: answer.at,
    ...(clientId ? { clientId } : {}),
    ...(replyTo ? { replyTo } : {}),
  }
  return { ...origin(room, answer.seq, facts), content, reactions: [] }
}

/** Whether a send can be queued without awaiting anything first: then the next one of its connection need not wait. */
export function isReadyToSend(scope: Scope, id: string, draft: MessageDraft): boolean {
  if (draft.reply_to !== undefined) return false
  try {
    return !(accessRoom(scope, id, 'post') instanceof Promise)
  } catch {
    return false
  }
}

// Not async up to the append: messages of one connection are queued in the order in which they came.
function send(scope: Scope, id: string, draft: MessageDraft): Promise<{ room: LogRoom; answer: Answer }> {
  const access = accessRoom(scope, id, 'post')
  if (access instanceof Promise || draft.reply_to !== undefined) return prepare(scope, access, draft)
  return append(scope, access, draft)
}

async function prepare(scope: Scope, access: Access | Promise<Access>, draft: MessageDraft) {
  const { room, member } = await access
  if (
    draft.reply_to !== undefined &&
    !(await findMessage(scope.sql, room.key, scope.actor.id, draft.reply_to))
  ) {
    throw invalidField('/reply_to', 'is no message of this room')
  }
  return append(scope, { room, member }, draft)
}

async function append(scope: Scope, { room }: Access, draft: MessageDraft) {
  const { actor } = scope
  slowDown(scope)
  const answer = await writer(scope).append(room, {
    kind: 'message.created',
    actor,
    text: draft.content,
    ...(draft.client_id === undefined ? {} : { clientId: draft.client_id }),
    ...(draft.reply_to === undefined ? {} : { replyTo: draft.reply_to }),
  })
  scope.metrics.messagesStored.add()
  return { room, answer }
}

function slowDown(scope: Scope): void {
  if (!scope.rules.rateLimits) return
  const retryAfterMs = sendRate(scope).take(scope.actor.id)
  if (retryAfterMs === undefined) return
  scope.metrics.rateLimited.add('messages')
  throw new ChatError('rate_limited', 'Too many messages at once.', { retryAfterMs })
}
