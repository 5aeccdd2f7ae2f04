import type { Message } from '../../protocol/messages.ts'
import { indexFrom } from '../../sdk/by-seq.ts'
import type { Pending } from '../../sdk/state.ts'
import { dayName } from '../language/dates.ts'
import { dayKey } from '../language/today.ts'
import type { Notice } from './notices.ts'
import { isAction } from './slash.ts'

export type Item =
  | { kind: 'day'; key: string; name: string }
  | { kind: 'notices'; key: string; notices: Notice[] }
  | { kind: 'new'; key: string }
  /** `more`: the deleted messages that follow a deleted one, which one line stands for. */
  | { kind: 'message'; key: string; message: Message; first: boolean; more?: Message[] }
  | { kind: 'pending'; key: string; pending: Pending; first: boolean }

/** The part of a room that is in the page. */
type Part = {
  messages: readonly Message[]
  pending: readonly Pending[]
  /** Whether the first message is the first of the room. */
  reachedStart: boolean
  /** Whether more messages follow. */
  cut?: boolean
  /** The line above the unread messages comes after this seq. */
  readSeq?: number | undefined
}

const groupMs = 5 * 60_000

/** Whether only a line is left of a deleted message. One that began a thread still leads to it. */
export const isGone = ({ deleted_at, thread }: Message): boolean => deleted_at !== undefined && !thread

/**
 * What the timeline shows, from the top: the log in order of `seq`, divided into days. Messages of one person within
 * five minutes are a group, whose `first` shows the name; so does what `/me` says. Deleted messages are in no group, and those without
 * anything between them are one item. After the log come the messages that are being sent.
 */
export function timelineOf(
  part: Part,
  notices: readonly Notice[],
  me: string | undefined,
  now = new Date(),
): Item[] {
  const items: Item[] = []
  let day = ''
  let last = { author: '', at: 0 }
  let ruled = part.readSeq === undefined

  const openDay = (at: string) => {
    const key = dayKey(at)
    if (key === day) return
    day = key
    last = { author: '', at: 0 }
    items.push({ kind: 'day', key: `day ${key}`, name: dayName(at, now) })
  }
  const startsGroup = (author: string, at: string, content: string) => {
    const then = Date.parse(at)
    const first = author !== last.author || then - last.at > groupMs || isAction(content)
    last = { author, at: then }
    return first
  }
  const ruleBefore = ({ seq, author }: Message) => {
    if (ruled || seq <= part.readSeq! || author.username === me) return
    ruled = true
    last = { author: '', at: 0 }
    items.push({ kind: 'new', key: 'new' })
  }

  for (const entry of logOf(part, notices)) {
    if ('author' in entry) {
      openDay(entry.created_at)
      ruleBefore(entry)
      if (isGone(entry)) {
        const before = items.at(-1)
        if (before?.kind === 'message' && isGone(before.message))
          before.more = [...(before.more ?? []), entry]
        else items.push({ kind: 'message', key: messageKey(entry, me), message: entry, first: false })
        continue
      }
      const first = startsGroup(entry.author.username, entry.created_at, entry.content)
      // A message keeps the key that it had while it was being sent, so that its line is not created again.
      items.push({ kind: 'message', key: messageKey(entry, me), message: entry, first })
      continue
    }
    openDay(entry.at)
    last = { author: '', at: 0 }
    const before = items.at(-1)
    if (before?.kind === 'notices') before.notices.push(entry)
    else items.push({ kind: 'notices', key: `notices ${entry.seq}`, notices: [entry] })
  }
  for (const pending of part.pending) {
    openDay(pending.at)
    const first = startsGroup(me ?? '', pending.at, pending.content)
    items.push({ kind: 'pending', key: `mine ${pending.client_id}`, pending, first })
  }
  return items
}

const messageKey = (message: Message, me: string | undefined) =>
  message.client_id && message.author.username === me ? `mine ${message.client_id}` : `seq ${message.seq}`

/** Messages and notices by seq, without the notices outside the part: they would be shown at a wrong place. */
function logOf(
  { messages, reachedStart, cut }: Part,
  notices: readonly Notice[],
): readonly (Message | Notice)[] {
  const from = reachedStart ? 0 : (messages[0]?.seq ?? 0)
  const to = cut ? (messages.at(-1)?.seq ?? 0) : Number.POSITIVE_INFINITY
  const within = notices.slice(indexFrom(notices, from + 1), indexFrom(notices, to))
  if (within.length === 0) return messages
  return [...messages, ...within].sort((a, b) => a.seq - b.seq)
}
