import type { Span, Traces } from '../traces.ts'
import type { Note } from './bus.ts'

type LogNote = Extract<Note, { to: 'log' }>

export type TracedNotes = ReturnType<typeof createTracedNotes>

/**
 * The way of an entry from node to node, in its trace: `bus.send` from the note to the engine's receipt, `bus.receive` from its
 * arrival until this node has heard it. Each begins where the one before ended, so the note carries the newest of them.
 */
export function createTracedNotes(traces: Traces, place: string) {
  let sending: Span[] = []
  const attributes = { 'messaging.system': place.split(' ')[0]!.toLowerCase() }

  const pass = (note: LogNote, go: (traceparent: string) => Span | undefined): [LogNote, Span[]] => {
    const spans: Span[] = []
    const moved = note.traces!.map(([seq, traceparent]): [number, string] => {
      const span = go(traceparent)
      if (span) spans.push(span)
      return [seq, span?.traceparent ?? traceparent]
    })
    return [{ ...note, traces: moved }, spans]
  }

  return {
    /** A note that waits to be sent. */
    waits(note: LogNote): LogNote {
      const [moved, spans] = pass(note, (traceparent) => traces.resume(traceparent, 'bus.send', 'producer'))
      sending.push(...spans)
      return moved
    },
    /** What waited leaves now: to be called when all of it has arrived at the engine, or is lost. */
    leaving(): (error?: string) => void {
      const spans = sending
      sending = []
      return (error) => {
        for (const span of spans) span.end({ attributes, error })
      }
    },
    /** Lets this node hear a note that came at `from`. */
    hear(note: Note, from: number, node: string, tell: (note: Note, node: string) => void): void {
      if (note.to !== 'log' || note.traces === undefined) return tell(note, node)
      const [moved, spans] = pass(note, (traceparent) =>
        traces.resume(traceparent, 'bus.receive', 'consumer', from),
      )
      tell(moved, node)
      for (const span of spans)
        span.end({ attributes: { ...attributes, 'parley.from_node': node.slice(0, 8) } })
    },
  }
}
