import type { Message } from '../protocol/messages.ts'
import type { Pending } from '../sdk/state.ts'
import { dayKey, dayName } from './dates.ts'

/** Somebody came to or went from a room, as its log tells it. */
export type Notice = { seq: number; at: string; username: string; kind: 'joined' | 'left' }

export type Item =
  | { kind: 'day'; key: string; name: string }
  | { kind: 'notices'; key: string; notices: Notice[] }
  | { kind: 'message'; key: string; message: Message; first: boolean }
  | { kind: 'pending'; key: string; pending: Pending; first: boolean }

type Room = { messages: readonly Message[]; pending: readonly Pending[]; reachedStart: boolean }

const groupMs = 5 * 60_000

/**
 * What a room shows, from the top: the log in order of `seq`, divided into days, with the messages of one person
 * within five minutes under one name (`first` carries it); then what is still on its way.
 */
export function timelineOf(
  room: Room,
  notices: readonly Notice[],
  me: string | undefined,
  now = new Date(),
): Item[] {
  const items: Item[] = []
  let day = ''
  let last = { author: '', at: 0 }

  const openDay = (at: string) => {
    const key = dayKey(at)
    if (key === day) return
    day = key
    last = { author: '', at: 0 }
    items.push({ kind: 'day', key: `day ${key}`, name: dayName(at, now) })
  }
  const startsGroup = (author: string, at: string) => {
    const then = Date.parse(at)
    const first = author !== last.author || then - last.at > groupMs
    last = { author, at: then }
    return first
  }

  // A page of history may begin in the middle of the notices: those before it would stand at a false place.
  const from = room.reachedStart ? 0 : (room.messages[0]?.seq ?? 0)
  const log = mergeBySeq(
    room.messages,
    notices.filter((notice) => notice.seq > from),
  )
  for (const entry of log) {
    if ('author' in entry) {
      openDay(entry.created_at)
      const first = startsGroup(entry.author.username, entry.created_at)
      // A message keeps the key it had on its way, so that it settles in place instead of being made anew.
      items.push({ kind: 'message', key: messageKey(entry, me), message: entry, first })
      continue
    }
    openDay(entry.at)
    last = { author: '', at: 0 }
    const before = items.at(-1)
    if (before?.kind === 'notices') before.notices.push(entry)
    else items.push({ kind: 'notices', key: `notices ${entry.seq}`, notices: [entry] })
  }
  for (const pending of room.pending) {
    openDay(pending.at)
    const first = startsGroup(me ?? '', pending.at)
    items.push({ kind: 'pending', key: `mine ${pending.client_id}`, pending, first })
  }
  return items
}

const messageKey = (message: Message, me: string | undefined) =>
  message.client_id && message.author.username === me ? `mine ${message.client_id}` : `seq ${message.seq}`

function mergeBySeq(messages: readonly Message[], notices: readonly Notice[]): (Message | Notice)[] {
  if (notices.length === 0) return [...messages]
  return [...messages, ...notices].sort((a, b) => a.seq - b.seq)
}
