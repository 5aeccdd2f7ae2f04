import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

/** The command was stopped by a signal; `exitCode` is the shell's number for it. */
export class Interrupted extends Error {
  constructor(name: StopSignal) {
    super('stopped')
    this.exitCode = 128 + constants.signals[name]
  }
  readonly exitCode: number
}

type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** The signals that stop a command. SIGHUP (the terminal was closed) only if `nohup` does not ignore it. */
export const stopSignals = (): StopSignal[] =>
  ignoresHangup() ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Listening to SIGHUP would undo `nohup`. If the system does not say whether it is ignored, assume so. */
function ignoresHangup(): boolean {
  try {
    const [, ignored] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))!
    return (BigInt(`0x${ignored}`) & (1n << BigInt(constants.signals.SIGHUP - 1))) !== 0n
  } catch {
    return true
  }
}

const graceMs = 2_000

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
