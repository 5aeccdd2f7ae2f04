import { stopSignals } from '../stop-signals.ts'
import type { Processes } from './processes.ts'

/** Runs a bench until it is done, interrupted or stuck. Ctrl+C or a closed terminal must not leave servers or databases behind. */
export async function untilInterrupted(
  processes: Processes,
  limitMs: number,
  work: () => Promise<void>,
  cleanUp: () => Promise<void>,
): Promise<void> {
  const interrupt = Promise.withResolvers<never>()
  const stop = (): void => interrupt.reject(new Error('interrupted'))
  const signals = stopSignals()
  for (const name of signals) process.once(name, stop)
  const late = setTimeout(
    () => interrupt.reject(new Error('The bench takes too long; something is stuck.')),
    limitMs,
  )
  try {
    const working = work()
    // After an interrupt, running work fails when its processes end.
    working.catch(() => undefined)
    await Promise.race([working, interrupt.promise])
  } finally {
    clearTimeout(late)
    for (const name of signals) process.off(name, stop)
    await processes.endAll()
    await cleanUp()
  }
}
