import type { ReadonlySignal, Signal } from '@preact/signals'
import type { Client } from '../../sdk/client.ts'
import type { State } from '../../sdk/state.ts'
import type { Page } from './page.ts'

/** Display names by username, of people of whom a room has only the username. */
export type Names = ReadonlyMap<string, string>

/** What the acts of every place get. */
export type ActTools = {
  readonly state: ReadonlySignal<State>
  readonly page: Page
  /** The sentence that is shown for a while: an error, or that something is done. */
  readonly toast: Signal<string | undefined>
  readonly names: Signal<Names>
  /** The client of the person who is signed in. Every sign-in creates another one. */
  client(): Client
  /** Called with each new client, before it connects. */
  onClient(listener: (client: Client) => void): void
  /** Called each time the client has connected. */
  onOnline(listener: () => void): void
  /** For what a person does outside a form: an error is shown as a toast. */
  attempt(act: Promise<unknown>): void
  /** For what is tried again without the person, or shows in the state: errors are ignored. */
  quietly(act: Promise<unknown>): void
}
