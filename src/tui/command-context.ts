import type { Client } from '../sdk/client.ts'
import type { RoomState } from '../sdk/state.ts'

/** What a command may do beside asking the client. */
export type Desk = {
  readonly client: Client
  /** The room in view. */
  room(): RoomState | undefined
  /** Brings a room into view. */
  show(room: string): Promise<void>
  /** Lines that only this person sees. */
  note(lines: string[]): void
  /** Puts a text where one writes, to be changed there. */
  compose(text: string): void
  quit(): void
}

/** Asked for wrongly; the message says how it is done. */
export class WrongWords extends Error {}
