import type { DurableEvent, EphemeralEvent, Event, UserEvent } from '../protocol/events.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Message } from '../protocol/messages.ts'
import type { Room } from '../protocol/rooms.ts'
import type { User } from '../protocol/users.ts'
import type { FailureCode } from './errors.ts'

/** `offline`: waiting to try again, or not connected yet. `ended`: for good, see `endedBecause`. */
export type Status = 'connecting' | 'online' | 'offline' | 'ended'

/** A message of ours that is not in the log yet, as far as we know. */
export type Pending = {
  readonly client_id: string
  readonly content: string
  readonly reply_to?: number
  readonly at: string
  readonly state: 'sending' | 'failed'
  /** Set once the server has stored it; it leaves `pending` when its event arrives. */
  readonly seq?: number
  readonly error?: { readonly code: FailureCode; readonly message: string }
}

/** A person in a room. `display_name` is known only where the member list was fetched. */
export type RoomMember = {
  readonly username: string
  readonly role: NonNullable<Room['role']>
  readonly display_name?: string
  /** Until when they may not write; told to moderators, and to oneself. It may be past. */
  readonly silenced_until?: string | undefined
}

/** Ascending by seq, without a hole; it grows both ways (`older`, `newer`) until it meets `messages`, and is then part of them. */
export type Excerpt = { readonly messages: readonly Message[]; readonly reachedStart: boolean }

export type RoomState = {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly access: Room['access']
  readonly posting: Room['posting']
  /** Readable, and nothing more. */
  readonly archived: boolean
  /** Least seconds between messages of one member; 0: no such rule. */
  readonly slow_seconds: number
  /** What of it we want to be told of. */
  readonly notify: NonNullable<Room['notify']>
  /** Usernames of a direct room. */
  readonly people?: readonly string[]
  /** Without it, we are not a member. */
  readonly role?: NonNullable<Room['role']>
  /** Until when we may not write here. It may be past. */
  readonly silenced_until?: string | undefined
  readonly epoch: string
  /** The seq of the last event applied. */
  readonly head: number
  /** Whether events of this room reach us: it has been opened. */
  readonly open: boolean
  /** Ascending by seq, without a hole, up to `head`; grows backwards by `older`. */
  readonly messages: readonly Message[]
  readonly reachedStart: boolean
  /** Another part of the log, further back, around a message that was asked for (`around`). */
  readonly excerpt?: Excerpt
  /** Single messages that replies refer to (`loadQuoted`), by seq; `undefined` where there is no such message. */
  readonly quoted?: Readonly<Record<number, Message | undefined>>
  readonly pending: readonly Pending[]
  readonly online: readonly string[]
  readonly typing: readonly string[]
  readonly receipts: Readonly<Record<string, { delivered_seq: number; read_seq: number }>>
  readonly read_seq: number
  /** Messages of others after `read_seq`, as counted up to `unread_at`. */
  readonly unread: number
  readonly unread_at: number
  /** The seqs after `read_seq` that mention us, as far as they were heard of: a hello does not tell them. */
  readonly mentioned: readonly number[]
  /** By username; absent until they were asked for. */
  readonly members?: readonly RoomMember[]
  /** There are more members than `members`, after this name: `moreMembers` brings the next page. */
  readonly members_after?: string
}

export type State = {
  readonly me?: User
  readonly status: Status
  /**
   * Why the client has stopped for good: a close reason, `signed_out`, `erased`, `not_authenticated`, or `somebody_else`, when
   * the browser's cookie has become another's: begin anew with another client.
   */
  readonly endedBecause?: string
  /** What the server accepts, as of the last connection: the longest message, the largest page, and so on. */
  readonly limits?: Limits
  readonly rooms: Readonly<Record<string, RoomState>>
}

/** The client's own notice: the room was fetched anew, and events between `since` and `head` were not told one by one. */
export type RoomReset = {
  type: 'room.reset'
  room: string
  epoch: string
  head: number
  since: { epoch: string; seq: number }
}
export type ClientEvent = Event | RoomReset
export type EventOf<Type extends ClientEvent['type']> = Extract<ClientEvent, { type: Type }>
export type { DurableEvent, EphemeralEvent, Event, Message, Room, User, UserEvent }

export const initialState: State = { status: 'offline', rooms: {} }

/** A room id may be `constructor` or `__proto__`: only own properties are rooms. */
export function roomOf(state: State, id: string): RoomState | undefined {
  return Object.hasOwn(state.rooms, id) ? state.rooms[id] : undefined
}

export function withRoom(state: State, room: RoomState): State {
  return { ...state, rooms: { ...state.rooms, [room.id]: room } }
}

export function withoutRoom(state: State, id: string): State {
  return {
    ...state,
    rooms: Object.fromEntries(Object.entries(state.rooms).filter(([other]) => other !== id)),
  }
}

export function changeRoom(state: State, id: string, change: (room: RoomState) => RoomState): State {
  const room = roomOf(state, id)
  if (!room) return state
  const next = change(room)
  return next === room ? state : withRoom(state, next)
}

/** A room as somebody tells it: a hello leaves out the description and who may write. */
export type Told = Pick<Room, 'id' | 'title' | 'access' | 'epoch' | 'head'> & Partial<Room>

/** What is told of a room beside its log. */
export const factsOf = (room: Told, old?: RoomState) => ({
  title: room.title,
  description: room.description ?? old?.description ?? '',
  access: room.access,
  posting: room.posting ?? old?.posting ?? 'members',
  archived: room.archived ?? false,
  slow_seconds: room.slow_seconds ?? 0,
  notify: room.notify ?? 'all',
  silenced_until: room.silenced_until,
  ...(room.people ? { people: room.people } : {}),
  ...(room.role ? { role: room.role } : {}),
})

/** A room of a list: nothing of its messages is known yet. */
export function roomState(room: Told): RoomState {
  return {
    id: room.id,
    ...factsOf(room),
    epoch: room.epoch,
    head: room.head,
    open: false,
    messages: [],
    reachedStart: room.head === 0,
    pending: [],
    online: [],
    typing: [],
    receipts: {},
    read_seq: room.read_seq ?? 0,
    unread: room.unread ?? 0,
    unread_at: room.head,
    mentioned: [],
  }
}
