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
    mentioned: stillUnread(room.mentioned, room.read_seq),
  }
}

/**
 * The server's number, which it counted up to its `head`. Messages after it that are here already are added. Those up to
 * it that have not come yet are not counted when they come.
 */
export function withCount(
  room: RoomState,
  { unread, head }: { unread: number; head: number },
  reader: Reader,
): RoomState {
  const counted = { ...room, unread, unread_at: head, mentioned: stillUnread(room.mentioned, room.read_seq) }
  return head > room.head ? counted : recount(counted, reader)
}

export const stillUnread = (seqs: readonly number[], read: number): readonly number[] =>
  seqs.some((seq) => seq <= read) ? seqs.filter((seq) => seq > read) : seqs

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
