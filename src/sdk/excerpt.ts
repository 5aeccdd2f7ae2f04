import type { Message, MessagePage } from '../protocol/messages.ts'
import { applyDurable } from './apply.ts'
import { indexFrom } from './by-seq.ts'
import { asApplied } from './reactions.ts'
import { changeRoom, type DurableEvent, type Excerpt, type RoomState, type State } from './state.ts'

/** A page as read at `asOf`, and what was heard while it was on its way. */
export type Read = { page: MessagePage; asOf: number; since: readonly DurableEvent[] }

/** The messages of a page as they stand after all that was heard meanwhile. */
export function caughtUp(
  room: RoomState,
  { page, asOf, since }: Read,
  me: string | undefined,
): readonly Message[] {
  const { excerpt: _, quoted: __, ...rest } = room
  const bare: RoomState = { ...rest, messages: page.items.map(asApplied) }
  const missed = since.filter((event) => event.seq > asOf && event.type !== 'message.created')
  return missed.reduce((next, event) => applyDurable(next, event, me), bare).messages
}

/** A page before an asked for message, and one from it on: they are the excerpt now, or join the window. */
export function applyAround(state: State, id: string, before: Read, from: Read): State {
  return changeRoom(state, id, (room) => {
    const me = state.me?.username
    const messages = caughtUp(room, before, me).concat(caughtUp(room, from, me))
    return joined(room, { messages, reachedStart: before.page.next === undefined }, from.page.next)
  })
}

/** The page after the excerpt. */
export function applyNewer(state: State, id: string, read: Read): State {
  return changeRoom(state, id, (room) => {
    if (!room.excerpt) return room
    const last = room.excerpt.messages.at(-1)?.seq ?? 0
    const newer = caughtUp(room, read, state.me?.username).filter(({ seq }) => seq > last)
    const messages = room.excerpt.messages.concat(newer)
    return joined(room, { ...room.excerpt, messages }, read.page.next)
  })
}

/** The page before the excerpt. */
export function applyOlderExcerpt(state: State, id: string, read: Read): State {
  return changeRoom(state, id, (room) => {
    if (!room.excerpt) return room
    const first = room.excerpt.messages[0]?.seq ?? Number.POSITIVE_INFINITY
    const older = caughtUp(room, read, state.me?.username).filter(({ seq }) => seq < first)
    const messages = older.concat(room.excerpt.messages)
    return { ...room, excerpt: { messages, reachedStart: read.page.next === undefined } }
  })
}

export const withoutExcerpt = (state: State, id: string): State =>
  changeRoom(state, id, (room) => {
    if (!room.excerpt) return room
    const { excerpt: _, ...rest } = room
    return rest
  })

/** One message beside the window, or the news that there is none. */
export function applyQuoted(state: State, id: string, seq: number, read: Read): State {
  return changeRoom(state, id, (room) => {
    const [message] = caughtUp(room, read, state.me?.username)
    return { ...room, quoted: { ...room.quoted, [seq]: message } }
  })
}

/** An excerpt that has met the window is part of it. */
function joined(room: RoomState, excerpt: Excerpt, more: number | undefined): RoomState {
  const start = room.messages[0]?.seq
  const last = excerpt.messages.at(-1)?.seq ?? 0
  const meets = start === undefined ? more === undefined : last >= start || more === undefined
  if (!meets) return { ...room, excerpt }
  const { excerpt: _, ...rest } = room
  const before = excerpt.messages.slice(
    0,
    start === undefined ? undefined : indexFrom(excerpt.messages, start),
  )
  // A window that reaches further back than the excerpt knows better where the beginning is.
  const reachedStart = before.length > 0 ? excerpt.reachedStart : room.reachedStart || excerpt.reachedStart
  return { ...rest, messages: before.concat(room.messages), reachedStart }
}
