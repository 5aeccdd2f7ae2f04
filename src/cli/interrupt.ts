import { constants } from 'node:os'

/** Somebody stopped the command; the shell's number for it. */
export class Interrupted extends Error {
  constructor(name: 'SIGINT' | 'SIGTERM') {
    super('stopped')
    this.exitCode = 128 + constants.signals[name]
  }
  readonly exitCode: number
}

const patienceMs = 2_000

/**
 * Aborts at Ctrl-C, so that the work can leave things in order. It has a moment for that; a second Ctrl-C ends the
 * process at once.
 */
export function listenForInterrupt(): { signal: AbortSignal; release(): void } {
  const stopped = new AbortController()
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const stop = () => {
      release()
      const reason = new Interrupted(name)
      stopped.abort(reason)
      setTimeout(() => process.exit(reason.exitCode), patienceMs).unref()
    }
    process.once(name, stop)
    return [name, stop] as const
  })
  function release(): void {
    for (const [name, stop] of listeners) process.off(name, stop)
  }
  return { signal: stopped.signal, release }
}
