import type { Arrangement } from '../protocol/arrangements.ts'
import type { Community } from '../protocol/community.ts'
import type { DurableEvent, EphemeralEvent, Event, UserEvent } from '../protocol/events.ts'
import type { File } from '../protocol/files.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Message } from '../protocol/messages.ts'
import type { CustomStatus } from '../protocol/profile.ts'
import type { Room } from '../protocol/rooms.ts'
import type { User } from '../protocol/users.ts'
import type { RequestError } from './errors.ts'

/** `offline`: waiting to try again, or not connected yet. `ended`: permanently, see `endedBecause`. */
export type Status = 'connecting' | 'online' | 'offline' | 'ended'

/** A message of this user that is not in the log yet, as far as the client knows. */
export type Pending = {
  readonly client_id: string
  readonly content: string
  readonly reply_to?: number
  readonly files?: readonly File[]
  readonly at: string
  readonly state: 'sending' | 'failed'
  /** Present once the server has stored it. It leaves `pending` when its event arrives. */
  readonly seq?: number
  readonly error?: Pick<RequestError, 'code' | 'reason' | 'params' | 'message'>
}

/** A person in a room. `display_name` is known only where the member list was fetched. */
export type RoomMember = {
  readonly username: string
  readonly role: NonNullable<Room['role']>
  readonly display_name?: string
  /** Known only where `display_name` is: absent where it is, they have no picture. */
  readonly avatar?: string | undefined
  /** What they are doing. Its `until` may be in the past: then they are not. */
  readonly custom_status?: CustomStatus | undefined
  /** Until when they may not write; known to moderators and to themselves. It may be in the past. */
  readonly silenced_until?: string | undefined
}

/**
 * Ascending by `seq`, without a hole. It grows both ways (`older`, `newer`) until it meets `messages` and becomes part of
 * them.
 */
export type Excerpt = { readonly messages: readonly Message[]; readonly reachedStart: boolean }

/** A thread that is open: the message that it begins with, and its last replies, ascending by `seq`, without a hole. */
export type ThreadState = {
  readonly root: Message
  readonly messages: readonly Message[]
  readonly reachedStart: boolean
  /** Whether this user follows it: it is in `loadThreads`, and they hear of its replies. */
  readonly following: boolean
}

export type RoomState = {
  readonly id: string
  readonly title: string
  readonly description: string
  /** The address of its picture on the server; of a direct room of two, that of the other person. */
  readonly avatar?: string | undefined
  /** In a direct room of two, what the other person is doing. Its `until` may be in the past: then they are not. */
  readonly custom_status?: CustomStatus | undefined
  readonly access: Room['access']
  readonly posting: Room['posting']
  /** Read-only. */
  readonly archived: boolean
  /** Slow mode: seconds between two messages of one member; 0 means off. */
  readonly slow_seconds: number
  /** Messages older than so many days are deleted; 0: as the server says (`state.retention_days`). */
  readonly retention_days: number
  /** What this user is notified of. */
  readonly notify: NonNullable<Room['notify']>
  /** Until when it notifies this user of nothing, whatever `notify` says. It may be in the past. */
  readonly muted_until?: string | undefined
  /** Whose `@room` and `@here` mean everybody. */
  readonly mention_room: NonNullable<Room['mention_room']>
  /** Whether this user has marked it as a favourite. */
  readonly favourite: boolean
  /** The id of the section of this user that it is in (`state.arrangement`). */
  readonly section?: string | undefined
  /** When it was used last: the time of its last event, or of its creation. */
  readonly last_at?: string | undefined
  /** The usernames of a direct room. */
  readonly people?: readonly string[]
  /** Absent: this user is not a member. */
  readonly role?: NonNullable<Room['role']>
  /** Until when this user may not write here. It may be in the past. */
  readonly silenced_until?: string | undefined
  readonly epoch: string
  /** The `seq` of the last event that was applied. */
  readonly head: number
  /** Whether the room is open, so that its events arrive. */
  readonly open: boolean
  /** Ascending by `seq`, without a hole, up to `head`. `older` puts pages before them. */
  readonly messages: readonly Message[]
  readonly reachedStart: boolean
  /** Another part of the log, around a message that `around` found. */
  readonly excerpt?: Excerpt
  /** Single messages that replies quote (`loadQuoted`), by `seq`; `undefined` where there is no such message. */
  readonly quoted?: Readonly<Record<number, Message | undefined>>
  /** The last message as `loadLastMessages` found it, without reactions; later ones are in `messages`. `lastMessage` has the later of both. */
  readonly last?: Message
  /** The threads that are open (`room.thread(seq).open()`), by the `seq` of the message that each begins with. */
  readonly threads?: Readonly<Record<number, ThreadState>>
  readonly pending: readonly Pending[]
  /** Usernames. In a room with more than 200 people online these are some of them, and may be out of date. */
  readonly online: readonly string[]
  readonly online_count: number
  readonly typing: readonly string[]
  readonly receipts: Readonly<Record<string, { delivered_seq: number; read_seq: number }>>
  readonly read_seq: number
  /** Messages of others after `read_seq`, as counted up to `unread_at`. */
  readonly unread: number
  readonly unread_at: number
  /** How many messages after `read_seq` mean this user: as the server counted them up to `mentions_at`, and those of `mentioned`. */
  readonly mentions: number
  readonly mentions_at: number
  /** Those of them that have arrived since, by `seq`. */
  readonly mentioned: readonly number[]
  /** This user has marked messages as unread, and has read nothing since: an open room does not read them by itself. */
  readonly kept_unread?: boolean
  /** Sorted by username; absent until they were loaded. */
  readonly members?: readonly RoomMember[]
  /** There are more members after this name: `moreMembers` loads the next page. */
  readonly members_after?: string
}

export type State = {
  readonly me?: User
  readonly status: Status
  /**
   * Why the client has ended: a close reason, `signed_out`, `erased`, `not_authenticated`, or `somebody_else`, when another
   * user has signed in in the same browser: create another client then.
   */
  readonly endedBecause?: string
  /** What the server accepts, as of the last connection: the longest message, the largest page, and so on. */
  readonly limits?: Limits
  /** Usernames of people whom this user has blocked: their messages are not counted. Absent with an API token. */
  readonly blocked?: readonly string[]
  /** Words that count as a mention of this user. Absent if they have none. */
  readonly keywords?: readonly string[]
  /** How this user sorts their list of rooms, and their sections of it. Absent: by title, without sections. */
  readonly arrangement?: Arrangement
  /** What the community calls itself and looks like, as its administrators have it. Absent: neither name nor picture. */
  readonly community?: Community
  readonly rooms: Readonly<Record<string, RoomState>>
  /** Messages older than so many days are deleted in every room; absent: they are kept. A room may have less. */
  readonly retention_days?: number
  /** How many open reports this user can see, as far as the client knows: after `loadReports`, or an event. */
  readonly reports?: number
}

/** An event of the client itself: the room was fetched again, and no events were emitted between `since` and `head`. */
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

/** Own properties only: a room id may be `constructor` or `__proto__`. */
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

/** A room as the server describes it. A hello leaves out the description and who may write. */
export type RoomFacts = Pick<Room, 'id' | 'title' | 'access' | 'epoch' | 'head'> & Partial<Room>

/** What is known of a room, apart from its log. */
export const factsOf = (room: RoomFacts, old?: RoomState) => ({
  title: room.title,
  description: room.description ?? old?.description ?? '',
  avatar: room.avatar,
  custom_status: room.custom_status,
  access: room.access,
  posting: room.posting ?? old?.posting ?? 'members',
  archived: room.archived ?? false,
  slow_seconds: room.slow_seconds ?? 0,
  retention_days: room.retention_days ?? 0,
  notify: room.notify ?? 'all',
  muted_until: room.muted_until,
  mention_room: room.mention_room ?? 'members',
  favourite: room.favourite ?? false,
  section: room.section,
  ...(room.last_at === undefined ? {} : { last_at: room.last_at }),
  silenced_until: room.silenced_until,
  ...(room.people ? { people: room.people } : {}),
  ...(room.role ? { role: room.role } : {}),
})

/** A room whose messages are not loaded yet. */
export function roomState(room: RoomFacts): RoomState {
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
    online_count: 0,
    typing: [],
    receipts: {},
    read_seq: room.read_seq ?? 0,
    unread: room.unread ?? 0,
    unread_at: room.head,
    mentions: room.mentions ?? 0,
    mentions_at: room.head,
    mentioned: [],
  }
}
