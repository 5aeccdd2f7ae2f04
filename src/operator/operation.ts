import type { Tools } from '../scope.ts'

/** How far long work has come. Without a total nobody knows yet how much there is. */
export type Progress = { what: string; done: number; total?: number }

/** What an operation answers: lines for people, data for scripts (`--json`). */
export type Outcome = { lines: string[]; data: unknown }

/** Whoever asked, in this process or at the other end of the control socket. */
export type Caller = {
  /** As often as one likes: what is too much is left out. */
  report(progress: Progress): void
  /** Bytes of an answer that is no text. Wait for it: it waits for whoever takes them. */
  write(piece: Uint8Array): Promise<void>
  /** Aborts when they have gone. */
  signal: AbortSignal
}

/** What an operator may ask of a community. Only what takes long looks at its caller. */
export type Operation<Params> = (tools: Tools, params: Params, caller: Caller) => Promise<Outcome>
