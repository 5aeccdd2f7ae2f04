import type { Hello, Subscribed } from '../protocol/frames.ts'
import type { Message, MessagePage } from '../protocol/messages.ts'
import type { Member, Room } from '../protocol/rooms.ts'
import { apply, applyDurable, type Outcome } from './apply.ts'
import { sortMembers, withName } from './people.ts'
import { asApplied } from './reactions.ts'
import {
  changeRoom,
  type DurableEvent,
  type RoomState,
  roomOf,
  roomState,
  type State,
  withRoom,
} from './state.ts'
import { recount } from './unread.ts'

/** After (re)connecting: who we are, and our rooms as they are now. Positions of open rooms stay: they resume. */
export function applyHello(state: State, hello: Hello): State {
  const listed = new Set(hello.rooms.map((room) => room.id))
  const kept = Object.values(state.rooms).filter((room) => !listed.has(room.id) && room.open && !room.role)
  const told = hello.rooms.map((room) => applyListed(roomOf(state, room.id), room, hello.user.username))
  return {
    me: hello.user,
    status: 'online',
    rooms: Object.fromEntries([...kept, ...told].map((room) => [room.id, room])),
  }
}

type Listed = Hello['rooms'][number] & Partial<Room>

function applyListed(old: RoomState | undefined, room: Listed, me: string): RoomState {
  const fresh = roomState(room)
  if (!old) return fresh
  const { role: _, ...known } = old
  const description = room.description ?? old.description
  const posting = room.posting ?? old.posting
  if (!old.open) return { ...fresh, description, posting, pending: old.pending }
  const told = {
    ...known,
    title: room.title,
    access: room.access,
    description,
    posting,
    ...(room.role ? { role: room.role } : {}),
  }
  const read_seq = Math.max(old.read_seq, fresh.read_seq)
  // The server counted up to its head, which may be ahead of ours: what a replay brings up to there is not counted again.
  const counted = { ...told, read_seq, unread: fresh.unread, unread_at: room.head }
  return old.epoch === room.epoch && old.head === room.head ? recount(counted, me) : counted
}

/** A list of rooms (GET /rooms), without touching what is known of their messages. Rooms not listed stay. */
export function applyRooms(state: State, rooms: readonly Room[]): State {
  return rooms.reduce((next, room) => {
    const old = roomOf(next, room.id)
    if (!old) return room.role ? withRoom(next, roomState(room)) : next
    const { title, description, access, posting } = room
    return withRoom(next, { ...old, title, description, access, posting })
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
    const fresh: RoomState = {
      ...room,
      epoch: answer.epoch,
      head: answer.head,
      open: true,
      messages,
      reachedStart: answer.head === 0 || messages.length < history,
      pending: room.pending.filter((sent) => !isStored(sent.client_id, sent.seq, answer, messages, me)),
      read_seq: sameEpoch ? room.read_seq : 0,
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
    const older = page.items.filter((message) => message.seq < first).map(asApplied)
    const bare: RoomState = { ...room, messages: older }
    const missed = since.filter((event) => event.seq > asOf && event.type !== 'message.created')
    const caughtUp = missed.reduce((next, event) => applyDurable(next, event, me), bare).messages
    return { ...room, messages: [...caughtUp, ...room.messages], reachedStart: page.next === undefined }
  })
}

/** The people of a room as fetched; joining and leaving may be applied twice, so what came meanwhile simply is again. */
export function applyMembers(
  state: State,
  id: string,
  members: readonly Member[],
  since: readonly DurableEvent[],
): State {
  return changeRoom(state, id, (room) => {
    const fetched: RoomState = {
      ...room,
      members: sortMembers(
        members.map(({ username, role, display_name }) => ({ username, role, display_name })),
      ),
      online: members
        .filter(({ status }) => status === 'online')
        .reduce<readonly string[]>((names, { username }) => withName(names, username), []),
    }
    const meanwhile = since.filter(({ type }) => type.startsWith('member.'))
    return meanwhile.reduce((next, event) => applyDurable(next, event, state.me?.username), fetched)
  })
}
