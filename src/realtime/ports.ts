import type { CommandName } from '../protocol/commands.ts'
import type { Hello } from '../protocol/frames.ts'
import type { Message } from '../protocol/messages.ts'
import type { User } from '../protocol/users.ts'
import type { CommandTable, Scope } from '../scope.ts'

/** A room as a socket knows it. */
export type Room = { key: number; id: string; epoch: string }

export type Identity = { scope: Scope; expiresAt: number }

/** An event of a log, encoded. */
export type Numbered = { seq: number; text: string }

/** What the socket door needs of the features; handed over by the server, because this folder knows none of them. */
export type Ports = {
  commands: CommandTable
  /** Who opens a socket: header, cookie with an allowed Origin, ticket or token. Throws a ChatError. */
  identify(request: Request): Promise<Identity>
  /** Whether whoever is acting may use this command at all. Throws a ChatError. */
  permit(scope: Scope, name: CommandName): void
  /** Who a renewed token stands for. */
  renew(token: string): Promise<Identity>
  /** The room, if it may be read; at once when that is known in memory. Throws a ChatError. */
  gate(scope: Scope, room: string): Room | Promise<Room>
  /** The room for the simple socket: joins it where that is free to do. */
  enter(scope: Scope, room: string): Promise<Room>
  head(room: Room): Promise<number>
  replay(room: Room, since: number, limit: number): Promise<Numbered[]>
  /** The newest messages, with the head of the log at that very moment. */
  recent(scope: Scope, room: Room, limit: number): Promise<{ head: number; messages: Message[] }>
  user(scope: Scope): User
  rooms(scope: Scope): Promise<Hello['rooms']>
  arrive(scope: Scope, room: Room): void
  depart(scope: Scope, room: Room): void
  /** How many people are online in the room, the asking one among them. */
  countOnline(scope: Scope, room: Room): number
}
