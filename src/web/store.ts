import type { ReadonlySignal, Signal } from '@preact/signals'
import type { Room, RoomDraft } from '../protocol/rooms.ts'
import type { State } from '../sdk/state.ts'
import type { Notice } from './timeline.ts'

export type Credentials = { username: string; email: string; password: string }

/** Where the page stands: asking who is here, at the door, or in. */
export type Place = 'asking' | 'door' | 'in'

/** Everything the views see and may do. They hold no other state than what is of their own look. */
export type Store = {
  readonly place: ReadonlySignal<Place>
  readonly state: ReadonlySignal<State>
  /** The room in the address bar. */
  readonly room: ReadonlySignal<string | undefined>
  readonly setUpCode: ReadonlySignal<string | undefined>
  /** Why the door is shown to someone who was in. */
  readonly farewell: ReadonlySignal<string | undefined>
  /** A refusal of something done in passing (joining, reacting), shown for a while. */
  readonly trouble: Signal<string | undefined>
  /** Rooms the server listed, joined or not; `listed` once it has. */
  readonly openRooms: ReadonlySignal<readonly Room[]>
  readonly listed: ReadonlySignal<boolean>
  /** Comings and goings seen since the page was opened, by room. */
  readonly notices: ReadonlySignal<ReadonlyMap<string, readonly Notice[]>>
  /** Whether somebody may be looking: reading marks are set only then. */
  readonly visible: ReadonlySignal<boolean>
  /** Longest message, in UTF-16 code units. */
  readonly limit: number
  /** What is half written, by room. */
  readonly drafts: Map<string, string>

  login(credentials: Credentials): Promise<void>
  signup(credentials: Credentials): Promise<void>
  setup(credentials: Credentials): Promise<void>
  signOut(): void
  reconnect(): void

  enter(room: string): void
  join(room: string): void
  leave(room: string): void
  createRoom(draft: RoomDraft): Promise<void>

  send(room: string, text: string): void
  retry(clientId: string): void
  discard(clientId: string): void
  older(room: string): void
  typing(room: string): void
  markRead(room: string): void
  react(room: string, seq: number, emoji: string, on: boolean): void
}
