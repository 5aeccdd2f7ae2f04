import type { Message } from '../protocol/messages.ts'
import { findSeq, indexFrom } from './by-seq.ts'
import type { RoomState } from './state.ts'

const isOfOthers = (message: Message, me: string | undefined) => message.author.username !== me

/** Whether every message after the read mark is loaded. */
const coversUnread = (room: RoomState) =>
  room.reachedStart ||
  room.read_seq >= room.head ||
  (room.messages[0]?.seq ?? Number.POSITIVE_INFINITY) <= room.read_seq + 1

/** Counts again if all unread messages are loaded; otherwise adds those that were not counted yet. */
export function recount(room: RoomState, me: string | undefined): RoomState {
  const covered = coversUnread(room)
  const after = covered ? room.read_seq : Math.max(room.read_seq, room.unread_at)
  const found = room.messages
    .slice(indexFrom(room.messages, after + 1))
    .filter((message) => isOfOthers(message, me) && !message.deleted_at).length
  return {
    ...room,
    unread: covered ? found : room.unread + found,
    unread_at: Math.max(room.unread_at, room.head),
    mentioned: stillUnread(room.mentioned, room.read_seq),
  }
}

export const stillUnread = (seqs: readonly number[], read: number): readonly number[] =>
  seqs.some((seq) => seq <= read) ? seqs.filter((seq) => seq > read) : seqs

/** In a replay, a message that was deleted later is a tombstone from the beginning; it is not counted. */
export function countCreated(room: RoomState, message: Message, me: string | undefined): number {
  const after = Math.max(room.read_seq, room.unread_at)
  return message.seq > after && isOfOthers(message, me) && !message.deleted_at ? room.unread + 1 : room.unread
}

export function countDeleted(
  room: RoomState,
  tombstone: Message,
  at: number,
  me: string | undefined,
): number {
  const known = findSeq(room.messages, tombstone.seq)
  const wasCounted = at > room.unread_at && tombstone.seq > room.read_seq && !known?.deleted_at
  return wasCounted && isOfOthers(tombstone, me) ? Math.max(0, room.unread - 1) : room.unread
}
