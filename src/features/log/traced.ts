import type { Traced } from '../../bus/bus.ts'
import type { Span, Traces } from '../../traces.ts'

/** The two spans of an entry on its way to the log: until its batch is taken, and until that is stored. */
export type TracedEntry = {
  taken(rows: number): void
  /** Ends them, and gives what goes on with the note. */
  stored(seq: number): Traced[]
}

/** Undefined unless the code that calls it runs in a trace. */
export function traceAppend(traces: Traces, result: Promise<unknown>): TracedEntry | undefined {
  const parent = traces.current()
  if (!parent) return undefined
  const queue = parent.child('log.queue')
  let commit: Span | undefined
  let rows = 0
  result.catch((error) => {
    queue.end()
    commit?.end({ error: nameOf(error) })
  })
  return {
    taken(many) {
      queue.end()
      rows = many
      commit = parent.child('log.commit', 'client')
    },
    stored(seq) {
      commit?.end({ attributes: { 'parley.seq': seq, 'parley.rows': rows } })
      return [[seq, (commit ?? parent).traceparent]]
    },
  }
}

/** A span for a transaction; undefined outside of a trace. */
export const traceTransaction = (traces: Traces): Span | undefined =>
  traces.current()?.child('log.transaction', 'client')

export const tracesOf = (span: Span | undefined, seq: number): { traces?: Traced[] } =>
  span ? { traces: [[seq, span.traceparent]] } : {}

/** Only what kind of error it is: its message may have texts of people. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown')
