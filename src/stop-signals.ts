import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

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
