import type { ReadonlySignal, Signal } from '@preact/signals'
import type { State } from '../../sdk/state.ts'
import type { AdminActs } from '../admin/acts.ts'
import type { PeopleActs } from '../people/acts.ts'
import type { RoomActs } from '../rooms/acts.ts'
import type { AccountActs } from '../settings/acts.ts'
import type { TokenActs } from '../settings/token-acts.ts'
import type { DoorActs } from '../sign-in/acts.ts'
import type { TalkActs } from '../talk/acts.ts'
import type { Question } from './questions.ts'
import type { Route } from './route.ts'

/** Where the page stands: asking who is here, at the door, or in. */
export type Place = 'asking' | 'door' | 'in'

/** Everything the views see and may do. They hold no other state than what is of their own look. */
export type Store = {
  readonly place: ReadonlySignal<Place>
  readonly state: ReadonlySignal<State>
  /** What the address bar says. */
  readonly route: ReadonlySignal<Route>
  go(address: string): void
  /** The room in the address bar. */
  readonly room: ReadonlySignal<string | undefined>
  /** Whether somebody may be looking: reading marks are set only then. */
  readonly visible: ReadonlySignal<boolean>
  /** Why the door is shown to someone who was in. */
  readonly farewell: ReadonlySignal<string | undefined>
  /** A sentence shown for a while: a refusal of something done in passing, or that something is done. */
  readonly trouble: Signal<string | undefined>
  readonly question: ReadonlySignal<Question | undefined>
  /** Asks before something that cannot be undone; resolves to whether to go on. */
  ask(question: Omit<Question, 'answer'>): Promise<boolean>
  /** What lies over every view. */
  readonly overlay: Signal<'palette' | 'shortcuts' | undefined>
  reconnect(): void

  readonly door: DoorActs
  readonly talk: TalkActs
  readonly rooms: RoomActs
  readonly people: PeopleActs
  readonly account: AccountActs
  readonly tokens: TokenActs
  readonly admin: AdminActs
}
