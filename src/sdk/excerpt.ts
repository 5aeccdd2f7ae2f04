import type { Message, MessagePage, ThreadPage } from '../protocol/messages.ts'
import { applyDurable } from './apply.ts'
import { indexFrom } from './by-seq.ts'
import { asApplied } from './reactions.ts'
import { changeRoom, type DurableEvent, type Excerpt, type RoomState, type State } from './state.ts'
import { addReply } from './thread-changes.ts'
import { type Reader, readerOf } from './unread.ts'

/** A page as it was at the head `asOf`, and the events that arrived while it was on its way. */
export type Read<Page = MessagePage> = { page: Page; asOf: number; since: readonly DurableEvent[] }
export type ThreadRead = Read<ThreadPage>

/** The messages of a page, with the events that arrived in the meantime applied. */
export function caughtUp(room: RoomState, { page, asOf, since }: Read, reader: Reader): readonly Message[] {
  const { excerpt: _, quoted: __, threads: ___, ...rest } = room
  const bare: RoomState = { ...rest, messages: page.items.map(asApplied) }
  return applyMissed(bare, { asOf, since }, reader).messages
}

/** Events after `asOf`. New messages are not added to `messages`, but counted in their threads. */
export function applyMissed(room: RoomState, { asOf, since }: Omit<Read, 'page'>, reader: Reader): RoomState {
  return since.reduce((next, event) => {
    if (event.seq <= asOf) return next
    return event.type === 'message.created'
      ? addReply(next, event.message)
      : applyDurable(next, event, reader)
  }, room)
}

/** A page of a thread: the last replies, or with `before` the page before those that are there. */
export function applyThread(state: State, id: string, { page, asOf, since }: ThreadRead): State {
  return changeRoom(state, id, (room) => {
    const { excerpt: _, quoted: __, ...rest } = room
    const { root, items, next } = page
    const fetched = {
      root: asApplied(root),
      messages: items.map(asApplied),
      reachedStart: next === undefined,
      following: page.following ?? false,
    }
    const bare: RoomState = { ...rest, messages: [], threads: { [root.seq]: fetched } }
    const caughtUp = applyMissed(bare, { asOf, since }, readerOf(state)).threads![root.seq]!
    return { ...room, threads: { ...room.threads, [root.seq]: caughtUp } }
  })
}

/** Puts a page before the replies of a thread that is open. */
export function applyOlderReplies(state: State, id: string, read: ThreadRead): State {
  return changeRoom(state, id, (room) => {
    const { seq } = read.page.root
    const open = room.threads?.[seq]
    if (!open) return room
    const first = open.messages[0]?.seq ?? Number.POSITIVE_INFINITY
    const older = caughtUp(room, read, readerOf(state)).filter((message) => message.seq < first)
    const reachedStart = read.page.next === undefined
    return {
      ...room,
      threads: { ...room.threads, [seq]: { ...open, messages: older.concat(open.messages), reachedStart } },
    }
  })
}

/** The page before a message and the page that begins with it become the excerpt, or part of `messages`. */
export function applyAround(state: State, id: string, before: Read, from: Read): State {
  return changeRoom(state, id, (room) => {
    const reader = readerOf(state)
    const messages = caughtUp(room, before, reader).concat(caughtUp(room, from, reader))
    return joined(room, { messages, reachedStart: before.page.next === undefined }, from.page.next)
  })
}

/** Appends a page to the excerpt. */
export function applyNewer(state: State, id: string, read: Read): State {
  return changeRoom(state, id, (room) => {
    if (!room.excerpt) return room
    const last = room.excerpt.messages.at(-1)?.seq ?? 0
    const newer = caughtUp(room, read, readerOf(state)).filter(({ seq }) => seq > last)
    const messages = room.excerpt.messages.concat(newer)
    return joined(room, { ...room.excerpt, messages }, read.page.next)
  })
}

/** Puts a page before the excerpt. */
export function applyOlderExcerpt(state: State, id: string, read: Read): State {
  return changeRoom(state, id, (room) => {
    if (!room.excerpt) return room
    const first = room.excerpt.messages[0]?.seq ?? Number.POSITIVE_INFINITY
    const older = caughtUp(room, read, readerOf(state)).filter(({ seq }) => seq < first)
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

/** Keeps one message for quoting, or that there is none of this `seq`. */
export function applyQuoted(state: State, id: string, seq: number, read: Read): State {
  return changeRoom(state, id, (room) => {
    const [message] = caughtUp(room, read, readerOf(state))
    return { ...room, quoted: { ...room.quoted, [seq]: message } }
  })
}

/** An excerpt that has met `messages` becomes part of them. */
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
  // If `messages` reach further back than the excerpt, their `reachedStart` is the right one.
  const reachedStart = before.length > 0 ? excerpt.reachedStart : room.reachedStart || excerpt.reachedStart
  return { ...rest, messages: before.concat(room.messages), reachedStart }
}
