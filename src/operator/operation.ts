import type { Tools } from '../scope.ts'

/** The progress of a long operation. There is no total while the amount of work is unknown. */
export type Progress = { what: string; done: number; total?: number; secondsLeft?: number }

/** The result of an operation: lines for people, data for scripts (`--json`). */
export type Outcome = { lines: string[]; data: unknown }

/** The command line, in this process or at the other end of the control socket. */
export type Caller = {
  /** Call it as often as you like: it is throttled. */
  report(progress: Progress): void
  /** Writes binary output. Await it: it resolves when a slow reader has taken the bytes. */
  write(piece: Uint8Array): Promise<void>
  /** Aborts when the caller is gone. */
  signal: AbortSignal
}

/** Something an operator may do with a community. Only long operations use `caller`. */
export type Operation<Params> = (tools: Tools, params: Params, caller: Caller) => Promise<Outcome>
