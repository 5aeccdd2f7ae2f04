import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { monotonicUs } from './clock.ts'

/** One line of a history file. `at` is the time of a monotonic clock, in microseconds. */
export type Line = { at: number } & Happening

export type Happening =
  /** `node`: where it is sent, if that is not where its sender's last socket was opened. */
  | { what: 'invoke'; who: string; room: string; client_id: string; content: string; node?: number }
  | { what: 'ok'; who: string; client_id: string; seq: number }
  /** The final refusal. */
  | { what: 'fail'; who: string; client_id: string; code: string }
  /** A temporary refusal, after which it is sent again. */
  | { what: 'refused'; who: string; client_id: string; code: string }
  /** The connection was lost before the reply: the message may be stored or not. `gave_up`: by the sender itself. */
  | { what: 'unknown'; who: string; client_id: string; gave_up?: true }
  /** A socket, on this node of several, or with `room` a subscription. */
  | { what: 'open'; who: string; node?: number; room?: string; mode?: string; head?: number }
  | { what: 'receive'; who: string; room: string; seq: number; client_id?: string; live?: true }
  | { what: 'close'; who: string; room?: string; code?: number }
  /** Somebody is about to remove a member of a room; has added them back. */
  | { what: 'removing' | 'adding' | 'added'; who: string; room: string }
  /** Somebody who was removed, a while ago, tries to send. With `seq`, that was accepted. */
  | { what: 'trespass'; who: string; room: string; client_id: string; content: string; seq?: number }
  /** The final log of a room, as read over REST. */
  | {
      what: 'stored'
      room: string
      seq: number
      actor: string
      client_id?: string
      content?: string
      joined?: string
      left?: string
    }

export type Recorder = { note(happening: Happening): void; close(): Promise<void> }

/** Appends to a file from a process that outlives the server it watches. */
export function openRecorder(path: string): Recorder {
  mkdirSync(dirname(path), { recursive: true })
  const file = Bun.file(path).writer({ highWaterMark: 1 << 16 })
  return {
    note: (happening) => void file.write(`${JSON.stringify({ at: monotonicUs(), ...happening })}\n`),
    close: async () => void (await file.end()),
  }
}
