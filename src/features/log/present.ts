import type { Message, Thread } from '../../protocol/messages.ts'
import { shownName, shownProse } from '../../text/names.ts'
import { isoTime } from '../../time.ts'
import { presentAuthor } from '../auth/present.ts'
import type { Entry, LogRoom, Origin } from './entry.ts'

/** The event as every client gets it, live, replayed and over HTTP: encoded only here. */
export function encodeEvent(room: LogRoom, entry: Entry): string {
  const { kind, seq, at, actor } = entry
  const time = isoTime(at)
  if (kind === 'message.created') return encodeCreated(room, entry, time)
  const head = { type: kind, room: room.id, epoch: room.epoch, seq, at: time, actor: actor.username }
  const damaged = entry.damaged && !kind.startsWith('message.') ? { damaged: true } : {}
  return JSON.stringify({ ...head, ...fieldsOf[kind](room, entry, time), ...damaged })
}

/** The most frequent event, so its parts are joined by hand: some need no escaping, the others are encoded already. */
function encodeCreated({ id, epoch }: LogRoom, entry: Entry, time: string): string {
  const { seq, actor, text, clientId, replyTo, threadSeq, files, deletedAt, damaged } = entry
  const rest =
    (replyTo === undefined ? '' : `,"reply_to":${replyTo}`) +
    (threadSeq === undefined ? '' : `,"thread_seq":${threadSeq}`) +
    (clientId === undefined ? '' : `,"client_id":${JSON.stringify(clientId)}`) +
    (files === undefined || deletedAt !== undefined ? '' : `,"files":${JSON.stringify(files)}`) +
    (deletedAt === undefined ? '' : `,"deleted_at":"${isoTime(deletedAt)}"`) +
    (damaged ? ',"damaged":true' : '')
  return (
    `{"type":"message.created","room":"${id}","epoch":"${epoch}","seq":${seq},"at":"${time}","actor":"${actor.username}",` +
    `"message":{"room":"${id}","seq":${seq},"author":${actor.authorJson},"content":${JSON.stringify(text ?? '')},` +
    `"created_at":"${time}"${rest},"reactions":[]}}`
  )
}

type Fields = (room: LogRoom, entry: Entry, time: string) => object

const ofTarget: Fields = (_, entry) => ({ target: entry.target })
const ofReaction: Fields = (_, entry) => ({ target: entry.target, emoji: entry.detail?.emoji })
const ofMember: Fields = (_, entry) => ({ username: entry.member?.username, role: entry.detail?.role })

const fieldsOf: Record<Exclude<Entry['kind'], 'message.created'>, Fields> = {
  'message.edited': (room, entry, time) => ({
    message: {
      ...origin(room, entry.target!, entry.about!),
      content: entry.text ?? '',
      ...(entry.about!.files && !entry.deletedAt ? { files: entry.about!.files } : {}),
      ...(entry.deletedAt ? { deleted_at: isoTime(entry.deletedAt) } : { edited_at: time }),
      reactions: entry.deletedAt ? [] : (entry.detail?.reactions ?? []),
      ...(entry.detail?.pinned && !entry.deletedAt ? { pinned: true } : {}),
      ...(entry.damaged ? { damaged: true } : {}),
    } satisfies Message,
  }),
  'message.deleted': (room, entry, time) => ({
    message: {
      ...origin(room, entry.target!, entry.about!),
      content: '',
      deleted_at: time,
      ...(entry.detail?.expired ? { expired: true as const } : {}),
      reactions: [],
      ...(entry.damaged ? { damaged: true } : {}),
    } satisfies Message,
    ...threadWithout(entry),
  }),
  'reaction.added': ofReaction,
  'reaction.removed': ofReaction,
  'pin.added': ofTarget,
  'pin.removed': ofTarget,
  'member.joined': ofMember,
  'member.left': ofMember,
  'member.updated': ofMember,
  'room.updated': (_, entry) => ({ changed: shownChange(entry.detail?.changed) }),
}

const threadWithout = ({ about, detail }: Entry): { thread?: Thread } =>
  about?.threadSeq !== undefined && detail?.thread
    ? { thread: { seq: about.threadSeq, ...detail.thread } }
    : {}

/** Entries from before there were rules for names: what they say is sealed, and stays in the log as it is. */
function shownChange(changed: unknown): unknown {
  const { title, description } = (changed ?? {}) as { title?: unknown; description?: unknown }
  if (typeof title !== 'string' && typeof description !== 'string') return changed
  return {
    ...(changed as object),
    ...(typeof title === 'string' ? { title: shownName(title) } : {}),
    ...(typeof description === 'string' ? { description: shownProse(description) } : {}),
  }
}

/** The part of a message that never changes, field by field. */
export function origin(room: LogRoom, seq: number, { author, at, clientId, replyTo, threadSeq }: Origin) {
  return {
    room: room.id,
    seq,
    author: presentAuthor(author),
    created_at: isoTime(at),
    ...(replyTo === undefined ? {} : { reply_to: replyTo }),
    ...(threadSeq === undefined ? {} : { thread_seq: threadSeq }),
    ...(clientId === undefined ? {} : { client_id: clientId }),
  }
}
