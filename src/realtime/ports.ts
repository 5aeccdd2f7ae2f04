import type { Change, Note } from '../bus/bus.ts'
import type { CommandName } from '../protocol/commands.ts'
import type { Community } from '../protocol/community.ts'
import type { Hello } from '../protocol/frames.ts'
import type { Message } from '../protocol/messages.ts'
import type { User } from '../protocol/users.ts'
import type { CommandTable, Scope } from '../scope.ts'

/** What the socket door knows of a room. */
export type Room = { key: number; id: string; epoch: string }

export type Identity = { scope: Scope; expiresAt: number }

/** An event of a log, encoded. `change`: what it changes in the caches of a node that has not stored it. */
export type Numbered = { seq: number; text: string; change?: Change }

/** The commands that are about the connection itself. The features handle all others. */
export type OwnCommand = 'room.subscribe' | 'room.unsubscribe' | 'session.renew' | 'ping'

/** What the socket door needs of the features. The server passes it in, because this folder imports none of them. */
export type Ports = {
  /** A missing command is a compile error. */
  commands: Required<Omit<CommandTable, OwnCommand>>
  /** Authenticates an upgrade by header, cookie with an allowed Origin, ticket or token. Throws a ChatError. */
  identify(request: Request): Promise<Identity>
  /** Throws a ChatError if the user's token does not allow this command. */
  permit(scope: Scope, name: CommandName): void
  /** The identity of a renewed token. */
  renew(token: string): Promise<Identity>
  /** The room, if the user may read it; synchronous when that is cached. Throws a ChatError. */
  gate(scope: Scope, room: string): Room | Promise<Room>
  /** Whether it is known, without asking the database, that the user may not read this room any more. */
  isLost(scope: Scope, room: string): boolean
  /** The room of a simple socket. Joins an open room. */
  enter(scope: Scope, room: string): Promise<Room>
  head(room: Room): Promise<number>
  /** The heads of these rooms, by key, as they are stored. */
  heads(rooms: Room[]): Promise<ReadonlyMap<number, number>>
  /** The last seq that this node has seen committed; 0 if it has seen none. */
  committed(room: Room): number
  /** Whether the writer of this node is publishing this note right now. Any other note may be wrong. */
  isOwn(note: Note): boolean
  /** `broken` says that events are missing from what is stored. */
  replay(room: Room, since: number, limit: number): Promise<{ events: Numbered[]; broken: boolean }>
  /**
   * The next events after `since`, with one statement for all rooms that ask at the same time. `last` is the last seq that was
   * read; `full` says that there may be more.
   */
  missed(room: Room, since: number): Promise<{ events: Numbered[]; last: number; full: boolean }>
  /** Drops what is in memory about a room, where other nodes may have changed it before its feed was open. */
  forget(room: Room): void
  /** The newest messages, and the head of the log at the same moment. */
  recent(scope: Scope, room: Room, limit: number): Promise<{ head: number; messages: Message[] }>
  /**
   * The events that say which previews the last messages have, encoded: of those after `after`, which a client may know without them.
   * Undefined where there are no previews.
   */
  previews(room: Room, after: number): Promise<string[]> | undefined
  user(scope: Scope): User
  /** What the community calls itself; nothing if it has neither name nor picture. */
  community(): { community?: Community }
  /** Called when that is another. */
  onCommunity(listener: (community: Community) => void): void
  /** `keys`: of all the rooms that they are in. */
  rooms(scope: Scope): Promise<{
    fields: Pick<Hello, 'rooms' | 'more' | 'blocked' | 'keywords' | 'arrangement'>
    keys: number[]
  }>
  /** The keys of the rooms that these people are in and may know of, by person. */
  joined(people: string[]): Promise<ReadonlyMap<string, number[]>>
  /** The event by which a person hears that they are in a room, or no more; undefined if it cannot be said. */
  noteOf(
    user: string,
    moved: { room: number; gone: boolean },
  ): Promise<Extract<Note, { to: 'user' }> | undefined>
  arrive(scope: Scope, room: Room): void
  /** The sockets of this node in the room have been sent this event of its log. */
  delivered(room: Room, text: string): void
  /** `mayReturn`: the socket was lost. Otherwise the user left the room or signed out. */
  depart(scope: Scope, room: Room, mayReturn: boolean): void
  /** How many people are online in the room, this user included. */
  countOnline(scope: Scope, room: Room): number
}
