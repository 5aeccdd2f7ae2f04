import type { Message } from '../../protocol/messages.ts'
import { indexFrom } from '../../sdk/by-seq.ts'
import type { Pending } from '../../sdk/state.ts'
import { dayKey, dayName } from '../language/dates.ts'
import type { Notice } from './notices.ts'

export type Item =
  | { kind: 'day'; key: string; name: string }
  | { kind: 'notices'; key: string; notices: Notice[] }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; message: Message; first: boolean }
  | { kind: 'pending'; key: string; pending: Pending; first: boolean }

/** The part of a room that stands in the page. */
type Part = {
  messages: readonly Message[]
  pending: readonly Pending[]
  /** Nothing comes before these messages. */
  reachedStart: boolean
  /** Something comes after them. */
  cut?: boolean
  /** The rule above what is new stands after this seq. */
  readSeq?: number | undefined
}

const groupMs = 5 * 60_000

/**
 * What a room shows, from the top: the log in order of `seq`, divided into days, with the messages of one person
 * within five minutes under one name (`first` carries it); then what is still on its way.
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
  const startsGroup = (author: string, at: string) => {
    const then = Date.parse(at)
    const first = author !== last.author || then - last.at > groupMs
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
  for (const pending of part.pending) {
    openDay(pending.at)
    const first = startsGroup(me ?? '', pending.at)
    items.push({ kind: 'pending', key: `mine ${pending.client_id}`, pending, first })
  }
  return items
}

const messageKey = (message: Message, me: string | undefined) =>
  message.client_id && message.author.username === me ? `mine ${message.client_id}` : `seq ${message.seq}`

/** Messages and notices by seq. A part may begin or end among notices: those outside would stand at a false place. */
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
