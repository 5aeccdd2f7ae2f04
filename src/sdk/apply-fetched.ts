import type { Hello, Subscribed } from '../protocol/frames.ts'
import type { Message, MessagePage } from '../protocol/messages.ts'
import type { Member, Room } from '../protocol/rooms.ts'
import { apply, applyDurable, type Outcome } from './apply.ts'
import { caughtUp } from './excerpt.ts'
import { sortMembers, withName, withoutName } from './people.ts'
import { asApplied } from './reactions.ts'
import { withReceipt } from './receipts.ts'
import {
  changeRoom,
  type DurableEvent,
  factsOf,
  type RoomFacts,
  type RoomState,
  roomOf,
  roomState,
  type State,
  withRoom,
} from './state.ts'
import { type Reader, readerOf, recount, withCount } from './unread.ts'

/**
 * After connecting: the user, and the rooms as they are now. Open rooms keep their position, from which they resume. `unsent` gives the
 * read mark that the server does not know of yet, or 0.
 */
export function applyHello(state: State, hello: Hello, unsent = (_room: string): number => 0): State {
  const listed = new Set(hello.rooms.map((room) => room.id))
  // A room of the user that is not in a list cut short is still theirs.
  const kept = Object.values(state.rooms).filter(
    (room) => !listed.has(room.id) && room.open && (!room.role || hello.more),
  )
  const { user: me, blocked, keywords, arrangement } = hello
  const reader = readerOf({ me, ...(blocked ? { blocked } : {}) })
  const current = hello.rooms.map((room) =>
    applyListed(roomOf(state, room.id), room, reader, unsent(room.id)),
  )
  return {
    me,
    status: 'online',
    limits: hello.limits,
    ...(blocked ? { blocked } : {}),
    ...(keywords ? { keywords } : {}),
    ...(arrangement ? { arrangement } : {}),
    ...(hello.community ? { community: hello.community } : {}),
    ...(hello.retention_days === undefined ? {} : { retention_days: hello.retention_days }),
    ...(state.reports === undefined ? {} : { reports: state.reports }),
    rooms: Object.fromEntries([...kept, ...current].map((room) => [room.id, room])),
  }
}

function applyListed(old: RoomState | undefined, room: RoomFacts, reader: Reader, unsent: number): RoomState {
  const fresh = roomState(room)
  if (!old) return fresh
  const facts = factsOf(room, old)
  if (!old.open) return { ...fresh, ...facts, pending: old.pending }
  const { role: _, ...known } = old
  const read_seq = Math.max(unsent, fresh.read_seq)
  const updated = { ...known, ...facts, read_seq }
  const count = { unread: fresh.unread, mentions: fresh.mentions, head: room.head }
  // A log of another epoch is fetched again: its numbers do not compare.
  return old.epoch === room.epoch
    ? withCount(updated, count, reader)
    : {
        ...{ ...updated, unread: count.unread, unread_at: count.head },
        ...{ mentions: count.mentions, mentions_at: count.head, mentioned: [] },
      }
}

/** A list of rooms (GET /rooms). Messages and rooms that are not in the list stay as they are. */
export function applyRooms(state: State, rooms: readonly Room[]): State {
  return rooms.reduce((next, room) => {
    const old = roomOf(next, room.id)
    if (!old) return room.role ? withRoom(next, roomState(room)) : next
    const { role: _, ...facts } = factsOf(room)
    return withRoom(next, { ...old, ...facts })
  }, state)
}

/** A page of a replay. If it has a gap, the rest of it cannot be used. */
export function applyReplay(state: State, events: readonly DurableEvent[]) {
  const applied: DurableEvent[] = []
  let next = state
  for (const event of events) {
    const { state: after, outcome }: { state: State; outcome: Outcome } = apply(next, event)
    if (outcome === 'gap') return { state: next, applied, gap: true }
    if (outcome === 'applied') applied.push(event)
    next = after
  }
  return { state: next, applied, gap: false }
}

/** `live` without a position, and `reset`: the room and its messages are those of the reply. */
export function applyFresh(state: State, reply: Subscribed, history: number): State {
  const messages = (reply.messages ?? []).map(asApplied)
  const me = state.me?.username
  return changeRoom(state, reply.room, (room) => {
    const sameEpoch = room.epoch === reply.epoch
    // Excerpt, quoted messages, the last one and threads have missed the same events, so they are dropped.
    const { excerpt: _, quoted: __, threads: ___, last: ____, ...kept } = room
    const fresh: RoomState = {
      ...kept,
      epoch: reply.epoch,
      head: reply.head,
      open: true,
      messages,
      reachedStart: reply.head === 0 || messages.length < history,
      pending: room.pending.filter((sent) => !isStored(sent.client_id, sent.seq, reply, messages, me)),
      read_seq: sameEpoch ? room.read_seq : 0,
      ...(sameEpoch ? {} : { mentions: 0, mentions_at: reply.head, mentioned: [] }),
    }
    return recount(fresh, readerOf(state))
  })
}

function isStored(
  clientId: string,
  seq: number | undefined,
  reply: Subscribed,
  messages: Message[],
  me?: string,
) {
  if (seq !== undefined && seq <= reply.head) return true
  return messages.some((message) => message.client_id === clientId && message.author.username === me)
}

/**
 * Puts a page before `messages`. `since` are the durable events that were applied while the page was on its way; those
 * after `asOf`, the head at which it was read, are applied to it too.
 */
export function applyOlder(
  state: State,
  id: string,
  page: MessagePage,
  asOf: number,
  since: readonly DurableEvent[],
): State {
  const reader = readerOf(state)
  return changeRoom(state, id, (room) => {
    const first = room.messages[0]?.seq ?? Number.POSITIVE_INFINITY
    const older = caughtUp(room, { page, asOf, since }, reader).filter((message) => message.seq < first)
    // `concat`, because a spread copies one by one: scrolling far back does this a thousand times.
    return { ...room, messages: older.concat(room.messages), reachedStart: page.next === undefined }
  })
}

/** All members of a room. */
export const applyMembers = (
  state: State,
  id: string,
  members: readonly Member[],
  since: readonly DurableEvent[],
): State => applyMemberPage(state, id, { items: members }, undefined, since)

/**
 * A page of members after a name, or the first page. Joining and leaving may be applied twice, so the events that arrived
 * in the meantime are applied again. A page that another request has already loaded and gone on from changes nothing.
 */
export function applyMemberPage(
  state: State,
  id: string,
  { items, next }: { items: readonly Member[]; next?: string },
  after: string | undefined,
  since: readonly DurableEvent[],
): State {
  return changeRoom(state, id, (room) => {
    if (after !== undefined && room.members_after !== after) return room
    const { members_after: _, ...known } = room
    const listed = new Set(items.map(({ username }) => username))
    const before = after === undefined ? [] : (room.members ?? []).filter((one) => !listed.has(one.username))
    const fetchedMembers = items.map(
      ({ username, role, display_name, avatar, custom_status, silenced_until }) => ({
        username,
        role,
        display_name,
        ...(avatar === undefined ? {} : { avatar }),
        ...(custom_status === undefined ? {} : { custom_status }),
        ...(silenced_until === undefined ? {} : { silenced_until }),
      }),
    )
    const everyone = after === undefined && next === undefined
    const online = items.reduce<readonly string[]>(
      (names, { username, status }) =>
        status === 'online' ? withName(names, username) : withoutName(names, username),
      everyone ? [] : room.online,
    )
    const fetched: RoomState = {
      ...known,
      members: sortMembers([...before, ...fetchedMembers]),
      ...(next === undefined ? {} : { members_after: next }),
      online,
      online_count: everyone ? online.length : Math.max(online.length, room.online_count),
      // Only the member list of a direct room has these.
      receipts: items.reduce(
        (marks, { username, read_seq, delivered_seq }) =>
          read_seq === undefined || delivered_seq === undefined
            ? marks
            : withReceipt(marks, username, { delivered_seq, read_seq }),
        room.receipts,
      ),
    }
    const missed = since.filter(({ type }) => type.startsWith('member.'))
    return missed.reduce((next, event) => applyDurable(next, event, readerOf(state)), fetched)
  })
}
