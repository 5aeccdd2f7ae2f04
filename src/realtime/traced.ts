import type { Span, Traces } from '../traces.ts'
import type { CheckedCommand } from './frames.ts'

/** Begins the span of a command when it has arrived, if its trace is recorded. */
export function beginCommand(traces: Traces, arrived: CheckedCommand): void {
  const span = traces.begin(`socket ${arrived.name}`, 'server')
  if (span) arrived.span = span
}

/** Runs a verb in a span of its own, so that whatever it calls can ask which trace it belongs to. */
export function runTraced(parent: Span, name: string, verb: () => unknown): unknown {
  const own = parent.child(`verb ${name}`)
  const end = (): void => own.end()
  try {
    const result = own.within(verb)
    if (result instanceof Promise) result.then(end, end)
    else end()
    return result
  } catch (error) {
    end()
    throw error
  }
}
