import type { ReadonlySignal, Signal } from '@preact/signals'
import type { Client } from '../../sdk/client.ts'
import type { State } from '../../sdk/state.ts'
import type { Names } from '../people/names.ts'
import type { Page } from './page.ts'

/** What the acts of the store share. */
export type Inside = {
  readonly state: ReadonlySignal<State>
  readonly page: Page
  readonly trouble: Signal<string | undefined>
  /** Learnt of people whom a room tells by their usernames only. */
  readonly names: Signal<Names>
  /** The client of whoever is signed in: each signing in begins with a new one. */
  client(): Client
  /** Called with each new client, before it connects. */
  onClient(listener: (client: Client) => void): void
  /** Called whenever the connection has come (again). */
  onOnline(listener: () => void): void
  /** For what is done in passing: a refusal is told in a sentence. */
  attempt(act: Promise<unknown>): void
  /** For what is tried again by itself, or shown by the state. */
  quietly(act: Promise<unknown>): void
}
