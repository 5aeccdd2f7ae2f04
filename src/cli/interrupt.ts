import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

/** Somebody stopped the command; the shell's number for it. */
export class Interrupted extends Error {
  constructor(name: StopSignal) {
    super('stopped')
    this.exitCode = 128 + constants.signals[name]
  }
  readonly exitCode: number
}

type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** What asks a command to stop; the last when its terminal is closed, unless it was started to outlive that (`nohup`). */
export const stopSignals = (): StopSignal[] =>
  outlivesTerminal() ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Listening would undo what `nohup` has done. Where nobody can say whether it has, nobody listens. */
function outlivesTerminal(): boolean {
  try {
    const [, ignored] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))!
    return (BigInt(`0x${ignored}`) & (1n << BigInt(constants.signals.SIGHUP - 1))) !== 0n
  } catch {
    return true
  }
}

const patienceMs = 2_000

/**
 * Aborts at Ctrl-C, so that the work can leave things in order. It has a moment for that; a second Ctrl-C ends the
 * process at once.
 */
export function listenForInterrupt(): { signal: AbortSignal; release(): void } {
  const stopped = new AbortController()
  const listeners = stopSignals().map((name) => {
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
