import type { Message } from '../protocol/messages.ts'
import { findSeq, indexFrom } from './by-seq.ts'
import type { RoomState, State } from './state.ts'

/** The user of this client, and the people whose messages are not counted. */
export type Reader = { readonly username: string | undefined; readonly blocked: readonly string[] }

export const readerOf = ({ me, blocked = [] }: Pick<State, 'me' | 'blocked'>): Reader => ({
  username: me?.username,
  blocked,
})

const isOfOthers = ({ author }: Message, { username, blocked }: Reader) =>
  author.username !== username && !blocked.includes(author.username)

const isCounted = (message: Message, reader: Reader) => isOfOthers(message, reader) && !message.deleted_at

/** Whether every message after the read mark is loaded. */
const coversUnread = (room: RoomState) =>
  room.reachedStart ||
  room.read_seq >= room.head ||
  (room.messages[0]?.seq ?? Number.POSITIVE_INFINITY) <= room.read_seq + 1

/** Counts again if all unread messages are loaded; otherwise adds those that were not counted yet. */
export function recount(room: RoomState, reader: Reader): RoomState {
  const covered = coversUnread(room)
  const after = covered ? room.read_seq : Math.max(room.read_seq, room.unread_at)
  const found = room.messages
    .slice(indexFrom(room.messages, after + 1))
    .filter((message) => isCounted(message, reader)).length
  return {
    ...room,
    unread: covered ? found : room.unread + found,
    // Also backwards: what the server had counted ahead of us is not in `found`.
    unread_at: covered ? room.head : Math.max(room.unread_at, room.head),
    ...mentionsLeft(room, covered ? found : Number.POSITIVE_INFINITY),
  }
}

/** What a server says that it counted up to its `head`; one that is older than this SDK counts no mentions. */
type Counted = { unread: number; mentions?: number; head: number }

/**
 * The server's numbers. Messages after its `head` that are here already are added. Those up to it that have not come yet are not
 * counted when they come.
 */
export function withCount(
  room: RoomState,
  { unread, mentions = 0, head }: Counted,
  reader: Reader,
): RoomState {
  const mentioned = room.mentioned.filter((seq) => seq > Math.max(head, room.read_seq))
  const counted = {
    ...{ ...room, unread, unread_at: head },
    ...{ mentioned, mentions: mentions + mentioned.length, mentions_at: head },
  }
  return head > room.head ? counted : recount(counted, reader)
}

/** After the read mark moved. They are unread messages, so there are at most as many (`most`, if all of those are known). */
function mentionsLeft(room: RoomState, most: number): Pick<RoomState, 'mentions' | 'mentioned'> {
  const mentioned = room.mentioned.filter((seq) => seq > room.read_seq)
  const counted = room.read_seq >= room.mentions_at ? 0 : room.mentions - room.mentioned.length
  return { mentioned, mentions: Math.min(most, counted + mentioned.length) }
}

type Mention = { seq: number; edit?: number; kind?: 'room' | 'word'; actor: string }

/** A message, or an edit of it, that means this user. One that means everybody comes to its author too. */
export function withMention(room: RoomState, { seq, edit, kind, actor }: Mention, reader: Reader): RoomState {
  const isKnown = (edit ?? seq) <= room.mentions_at || room.mentioned.includes(seq)
  const isForMe = kind !== 'room' || (actor !== reader.username && !reader.blocked.includes(actor))
  if (isKnown || !isForMe || seq <= room.read_seq) return room
  return { ...room, mentions: room.mentions + 1, mentioned: [...room.mentioned, seq] }
}

/** A message means this user no more. */
export function withoutMention(room: RoomState, seq: number): RoomState {
  const isLive = room.mentioned.includes(seq)
  if (seq <= room.read_seq || (!isLive && seq > room.mentions_at)) return room
  return {
    ...room,
    mentions: Math.max(0, room.mentions - 1),
    mentioned: isLive ? room.mentioned.filter((other) => other !== seq) : room.mentioned,
  }
}

/** In a replay, a message that was deleted later is a tombstone from the beginning; it is not counted. */
export function countCreated(room: RoomState, message: Message, reader: Reader): number {
  const after = Math.max(room.read_seq, room.unread_at)
  return message.seq > after && isCounted(message, reader) ? room.unread + 1 : room.unread
}

export function countDeleted(room: RoomState, tombstone: Message, at: number, reader: Reader): number {
  const known = findSeq(room.messages, tombstone.seq)
  const wasCounted = at > room.unread_at && tombstone.seq > room.read_seq && !known?.deleted_at
  return wasCounted && isOfOthers(tombstone, reader) ? Math.max(0, room.unread - 1) : room.unread
}
