import type { Client } from '../sdk/client.ts'
import type { Message, RoomState } from '../sdk/state.ts'

/** What a command may use. */
export type CommandContext = {
  readonly client: Client
  /** The room in view. */
  room(): RoomState | undefined
  /** Shows a room. */
  show(room: string): Promise<void>
  /** Shows lines that only this user sees. */
  notice(lines: string[]): void
  /** Shows a message whose author the user has blocked. */
  unfold(room: string, seq: number): void
  /** Which messages are not shown, because their author is blocked. */
  hides(): (message: Message) => boolean
  /** Puts a text into the input line. */
  compose(text: string): void
  quit(): void
}

/** A command that was typed wrongly. The message says what is right. */
export class UsageError extends Error {}
