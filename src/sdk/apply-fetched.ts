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
  type RoomState,
  roomOf,
  roomState,
  type State,
  type Told,
  withRoom,
} from './state.ts'
import { recount, stillUnread } from './unread.ts'

/** After (re)connecting: who we are, and our rooms as they are now. Positions of open rooms stay: they resume. */
export function applyHello(state: State, hello: Hello): State {
  const listed = new Set(hello.rooms.map((room) => room.id))
  const kept = Object.values(state.rooms).filter((room) => !listed.has(room.id) && room.open && !room.role)
  const told = hello.rooms.map((room) => applyListed(roomOf(state, room.id), room, hello.user.username))
  return {
    me: hello.user,
    status: 'online',
    limits: hello.limits,
    rooms: Object.fromEntries([...kept, ...told].map((room) => [room.id, room])),
  }
}

function applyListed(old: RoomState | undefined, room: Told, me: string): RoomState {
  const fresh = roomState(room)
  if (!old) return fresh
  const facts = factsOf(room, old)
  if (!old.open) {
    const mentioned = stillUnread(old.mentioned, fresh.read_seq)
    return { ...fresh, ...facts, pending: old.pending, mentioned }
  }
  const { role: _, ...known } = old
  const read_seq = Math.max(old.read_seq, fresh.read_seq)
  const told = { ...known, ...facts, mentioned: stillUnread(old.mentioned, read_seq) }
  // The server counted up to its head, which may be ahead of ours: what a replay brings up to there is not counted again.
  const counted = { ...told, read_seq, unread: fresh.unread, unread_at: room.head }
  return old.epoch === room.epoch && old.head === room.head ? recount(counted, me) : counted
}

/** A list of rooms (GET /rooms), without touching what is known of their messages. Rooms not listed stay. */
export function applyRooms(state: State, rooms: readonly Room[]): State {
  return rooms.reduce((next, room) => {
    const old = roomOf(next, room.id)
    if (!old) return room.role ? withRoom(next, roomState(room)) : next
    const { role: _, ...facts } = factsOf(room)
    return withRoom(next, { ...old, ...facts })
  }, state)
}

/** A page of a replay. A gap inside it means that the answer is of no use. */
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

/** `live` without a position, and `reset`: the room is what the answer says, and its window is the answer's messages. */
export function applyFresh(state: State, answer: Subscribed, history: number): State {
  const messages = (answer.messages ?? []).map(asApplied)
  const me = state.me?.username
  return changeRoom(state, answer.room, (room) => {
    const sameEpoch = room.epoch === answer.epoch
    // What stands beside the window has missed the same events as the window had.
    const { excerpt: _, quoted: __, ...kept } = room
    const fresh: RoomState = {
      ...kept,
      epoch: answer.epoch,
      head: answer.head,
      open: true,
      messages,
      reachedStart: answer.head === 0 || messages.length < history,
      pending: room.pending.filter((sent) => !isStored(sent.client_id, sent.seq, answer, messages, me)),
      read_seq: sameEpoch ? room.read_seq : 0,
      mentioned: sameEpoch ? room.mentioned : [],
    }
    return recount(fresh, me)
  })
}

function isStored(
  clientId: string,
  seq: number | undefined,
  answer: Subscribed,
  messages: Message[],
  me?: string,
) {
  if (seq !== undefined && seq <= answer.head) return true
  return messages.some((message) => message.client_id === clientId && message.author.username === me)
}

/**
 * Puts an older page before the window. `since` are the durable events applied while the page was on its way; those
 * after `asOf`, the head at which it was read, are applied to it too.
 */
export function applyOlder(
  state: State,
  id: string,
  page: MessagePage,
  asOf: number,
  since: readonly DurableEvent[],
): State {
  const me = state.me?.username
  return changeRoom(state, id, (room) => {
    const first = room.messages[0]?.seq ?? Number.POSITIVE_INFINITY
    const older = caughtUp(room, { page, asOf, since }, me).filter((message) => message.seq < first)
    // `concat` copies at once what a spread takes one by one: a long way back makes a thousand of these.
    return { ...room, messages: older.concat(room.messages), reachedStart: page.next === undefined }
  })
}

/** All the people of a room, as fetched. */
export const applyMembers = (
  state: State,
  id: string,
  members: readonly Member[],
  since: readonly DurableEvent[],
): State => applyMemberPage(state, id, { items: members }, undefined, since)

/**
 * The people of a room after a name, or from the first. Joining and leaving may be applied twice, so what came meanwhile
 * simply is again. A page that somebody else fetched too, and has gone on from, changes nothing.
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
    const told = items.map(({ username, role, display_name, silenced_until }) => ({
      username,
      role,
      display_name,
      ...(silenced_until === undefined ? {} : { silenced_until }),
    }))
    const everyone = after === undefined && next === undefined
    const fetched: RoomState = {
      ...known,
      members: sortMembers([...before, ...told]),
      ...(next === undefined ? {} : { members_after: next }),
      online: items.reduce<readonly string[]>(
        (names, { username, status }) =>
          status === 'online' ? withName(names, username) : withoutName(names, username),
        everyone ? [] : room.online,
      ),
      // Only a direct room's list tells these.
      receipts: items.reduce(
        (marks, { username, read_seq, delivered_seq }) =>
          read_seq === undefined || delivered_seq === undefined
            ? marks
            : withReceipt(marks, username, { delivered_seq, read_seq }),
        room.receipts,
      ),
    }
    const meanwhile = since.filter(({ type }) => type.startsWith('member.'))
    return meanwhile.reduce((next, event) => applyDurable(next, event, state.me?.username), fetched)
  })
}
