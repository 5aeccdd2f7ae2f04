import { createBounded } from '../bounded.ts'
import type { Note } from '../bus/bus.ts'
import type { Span, Traces } from '../traces.ts'

/** What is never delivered here makes way for others, and is in no trace. */
const mostFollowed = 1000

type Delivered = { from: number; to: number; sockets: number }

/** `feed.deliver` from the note about an entry until it is delivered here, and in it `sockets.publish`. */
export function createFollowed(traces: Traces) {
  const waiting = createBounded<string, { span: Span; source: string }>(mostFollowed)
  /** Where notes are only wake-ups, one of them may bring the entry of the next, whose note comes later. */
  const delivered = createBounded<string, Delivered>(mostFollowed)

  function end(span: Span, source: string, { from, to, sockets }: Delivered): void {
    const publish = span.child('sockets.publish', 'internal', from)
    publish.end({ to, attributes: { 'parley.sockets': sockets } })
    span.end({ to, attributes: { 'parley.source': source } })
  }

  return {
    begin({ room, seq, text, traces: traced = [] }: Extract<Note, { to: 'log' }>): void {
      for (const [each, traceparent] of traced) {
        const key = `${room} ${each}`
        const earlier = delivered.get(key)
        const span = traces.resume(traceparent, 'feed.deliver', 'internal', earlier?.from)
        if (!span) continue
        if (earlier) end(span, 'log', earlier)
        else waiting.set(key, { span, source: text !== undefined && each === seq ? 'bus' : 'log' })
      }
    },
    /** To be called before the sockets get it; what it returns, after that with their number. */
    deliver(room: number, seq: number): (sockets: number) => void {
      const from = performance.now()
      return (sockets) => {
        const key = `${room} ${seq}`
        const now = { from, to: performance.now(), sockets }
        const known = waiting.get(key)
        waiting.delete(key)
        if (known) end(known.span, known.source, now)
        else delivered.set(key, now)
      }
    },
  }
}
