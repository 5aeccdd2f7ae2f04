import { constants } from 'node:os'
import { type StopSignal, stopSignals } from '../stop-signals.ts'

const graceMs = 2_000

/** The command was stopped by a signal; `exitCode` is the shell's number for it. */
export class Interrupted extends Error {
  constructor(name: StopSignal) {
    super('stopped')
    this.exitCode = 128 + constants.signals[name]
  }
  readonly exitCode: number
}

/**
 * Aborts at Ctrl-C. The work then has a moment to clean up; a second Ctrl-C ends the process at once.
 */
export function listenForInterrupt(): { signal: AbortSignal; release(): void } {
  const stopped = new AbortController()
  const listeners = stopSignals().map((name) => {
    const stop = () => {
      release()
      const reason = new Interrupted(name)
      stopped.abort(reason)
      setTimeout(() => process.exit(reason.exitCode), graceMs).unref()
    }
    process.once(name, stop)
    return [name, stop] as const
  })
  function release(): void {
    for (const [name, stop] of listeners) process.off(name, stop)
  }
  return { signal: stopped.signal, release }
}
