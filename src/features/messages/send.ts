import { fieldError, invalidField, invalidFields } from '../../protocol/errors.ts'
import type { File } from '../../protocol/files.ts'
import type { NewMessage, PostedMessage, SentMessage } from '../../protocol/messages.ts'
import type { Author } from '../../protocol/users.ts'
import type { Scope } from '../../scope.ts'
import { isBlank } from '../../text/blank.ts'
import { isoTime } from '../../time.ts'
import type { LogRoom } from '../log/entry.ts'
import { origin } from '../log/present.ts'
import type { Appended } from '../log/repeats.ts'
import { writer } from '../log/writer.ts'
import { type Access, accessRoom, isAtHand, passTo } from '../rooms/access.ts'
import type { KnownRoom } from '../rooms/known.ts'
import { findAbsent } from './absent.ts'
import { findAttachments } from './attachments.ts'
import { notifyFollowers } from './followers.ts'
import { showMessage } from './list.ts'
import { isMeant, meantBy, notifyMentioned } from './mentions.ts'
import { enforceSlowMode, slowed } from './slow-mode.ts'
import { findMessage } from './store.ts'
import { threadOf } from './threads.ts'

/** Resolves when the message is committed. */
export async function sendMessage(scope: Scope, id: string, message: NewMessage): Promise<SentMessage> {
  const { room, appended, absent } = await send(scope, id, message)
  return { room: room.id, seq: appended.seq, created_at: isoTime(appended.at), epoch: room.epoch, ...absent }
}

/** Like `sendMessage`, but returns the message. A retry gets the message that the first request created, with its edits. */
export async function postMessage(scope: Scope, id: string, message: NewMessage): Promise<PostedMessage> {
  const { room, appended, threadSeq, files, absent } = await send(scope, id, message)
  if (appended.repeated) return showMessage(scope, id, appended.seq)
  const { content, client_id: clientId, reply_to: replyTo } = message
  const facts = {
    author: scope.actor,
    at: appended.at,
    ...(clientId ? { clientId } : {}),
    ...(replyTo ? { replyTo } : {}),
    ...(threadSeq ? { threadSeq } : {}),
  }
  return {
    ...origin(room, appended.seq, facts),
    content,
    ...(files ? { files } : {}),
    reactions: [],
    ...absent,
  }
}

/** Whether a send can be queued without awaiting anything first: then the next send of its connection need not wait. */
export function isReadyToSend(scope: Scope, id: string, message: NewMessage): boolean {
  if (message.reply_to !== undefined || message.files !== undefined) return false
  // The send itself reports a refusal.
  return isAtHand(scope, id, 'post')
}

type Stored = {
  room: LogRoom
  appended: Appended
  threadSeq: number | undefined
  files: File[] | undefined
  absent?: { absent: Author[] }
}

// Synchronous up to the append, so that messages of one connection are queued in the order in which they arrived.
function send(scope: Scope, id: string, message: NewMessage): Promise<Stored> {
  if (message.files === undefined && isBlank(message.content))
    throw invalidFields([fieldError('/content', 'empty')])
  const access = accessRoom(scope, id, 'post')
  if (access instanceof Promise || message.reply_to !== undefined || message.files !== undefined)
    return prepare(scope, access, message)
  return append(scope, access, message)
}

async function prepare(scope: Scope, known: Access | Promise<Access>, message: NewMessage) {
  const access = await known
  const { room } = access
  const { reply_to: replyTo, files: ids, client_id: clientId } = message
  const answered = replyTo === undefined ? undefined : await findAnswered(scope, room, replyTo)
  const files = ids && (await findAttachments(scope, room, ids, clientId))
  return append(scope, access, message, { answered, files })
}

type Answered = { authorId: string; threadSeq: number }

async function findAnswered(scope: Scope, room: KnownRoom, replyTo: number): Promise<Answered> {
  const answered = await findMessage(scope.sql, room.key, scope.actor.id, replyTo)
  if (!answered) throw invalidField('/reply_to', 'reply_not_found')
  return { authorId: answered.authorId, threadSeq: await threadOf(scope.sql, room, answered) }
}

type Prepared = { answered?: Answered | undefined; files?: File[] | undefined }

async function append(
  scope: Scope,
  access: Access,
  message: NewMessage,
  { answered, files }: Prepared = {},
): Promise<Stored> {
  const { actor } = scope
  const { room, member } = access
  const meant = meantBy(scope, access, message.content, answered?.authorId)
  const slow = enforceSlowMode(scope, room, member)
  const appending = writer(scope).append(slowed(passTo(scope, room, 'post'), slow), {
    kind: 'message.created',
    actor,
    text: message.content,
    ...(message.client_id === undefined ? {} : { clientId: message.client_id }),
    ...(message.reply_to === undefined ? {} : { replyTo: message.reply_to }),
    ...(isMeant(meant) ? { meant } : {}),
    ...(answered ? { threadSeq: answered.threadSeq } : {}),
    ...(files === undefined ? {} : { files, detail: { files: message.files! } }),
  })
  // At the same time, so that the reply waits no longer than for the slower of both. Most messages name nobody: no promise for these.
  const finding = meant.names.length > 0 && findAbsent(scope, room, meant.names)
  const appended = await appending
  const absent = finding && !appended.repeated ? await finding : []
  if (!appended.repeated) {
    scope.metrics.messagesStored.add()
    notifyMentioned(scope, room, appended.seq, meant)
    if (answered) notifyFollowers(scope, room, answered.threadSeq, appended.seq)
  }
  const stored: Stored = { room, appended, threadSeq: answered?.threadSeq, files }
  return absent.length === 0 ? stored : { ...stored, absent: { absent } }
}
