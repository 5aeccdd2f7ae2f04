import type { Recorder } from '../recorder.ts'

export type Room = { id: string; epoch: string }

type Address = { url: string; node?: number }

export type GuestOptions = {
  username: string
  token: string
  /** Where to connect, asked at each connection: a node of several, or always the same server. */
  address(): Address
  rooms: readonly Room[]
  /** All of them, if it is missing. */
  talksIn?: readonly Room[]
  /** How many of its messages may be unacknowledged; 0 only listens. */
  window: number
  /** It begins at the end of each log, not at its beginning. */
  startsAtHead?: boolean
  recorder: Recorder
  /** How long it waits between its messages, which then come several at a time; by default not at all. */
  paceMs?: number
  /** It connects again when it waits longer than this for a reply; by default never. */
  patienceMs?: number
  /** A message it sent was acknowledged. */
  answered(sentAtUs: number): void
  delivered(): void
  /** It listens to all of its rooms again, after each connection. */
  seated?(): void
  presence?(): void
}
