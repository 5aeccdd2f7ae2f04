import { AsyncLocalStorage } from 'node:async_hooks'
import { createNames, type Parent, readTraceparent, writeTraceparent } from './traces/context.ts'
import { createExporter, type ExporterOptions } from './traces/exporter.ts'
import type { Attributes, Kind } from './traces/otlp.ts'

/** A span that is recorded. */
export type Span = Parent & {
  /** For a child on another node. */
  readonly traceparent: string
  child(name: string, kind?: Kind, from?: number): Span
  /** While `work` runs, also where it waits, `current` gives this span. */
  within<Result>(work: () => Result): Result
  /** Only the first call counts. */
  end(how?: Ending): void
}

/** `name`: a better one than at the beginning. `error`: what went wrong; a refusal is no error. `to`: now, if it is not said. */
export type Ending = { name?: string; attributes?: Attributes; error?: string | undefined; to?: number }

export type Traces = ReturnType<typeof createTraces>

type Options = ExporterOptions & {
  /** Which part of the traces that begin here is recorded, 0 to 1. */
  ratio: number
}

/**
 * Spans of what this node does, for a collector. Undefined in `Tools` unless the operator names one: all code asks for that
 * first, so that nothing is made for traces that nobody reads.
 */
export function createTraces({ ratio, ...options }: Options) {
  const exporter = createExporter(options)
  const names = createNames()
  const running = new AsyncLocalStorage<Span>()
  const requests = new WeakMap<Request, Span>()

  function open(
    traceId: string,
    parent: string | undefined,
    name: string,
    kind: Kind,
    from = performance.now(),
  ): Span {
    const spanId = names.span()
    let isOpen = true
    const span: Span = {
      traceId,
      spanId,
      get traceparent() {
        return writeTraceparent({ traceId, spanId })
      },
      child: (childName, childKind = 'internal', childFrom) =>
        open(traceId, spanId, childName, childKind, childFrom),
      end({ name: better = name, attributes = {}, error, to = performance.now() } = {}) {
        if (!isOpen) return
        isOpen = false
        exporter.add({ traceId, spanId, parent, name: better, kind, from, to, attributes, error })
      },
      within: (work) => running.run(span, work),
    }
    return span
  }

  return {
    /** The first span here. A sender that has decided whether its trace is recorded is obeyed. */
    begin(name: string, kind: Kind, traceparent?: string | null): Span | undefined {
      const incoming = readTraceparent(traceparent)
      if (incoming) return incoming.sampled ? open(incoming.traceId, incoming.spanId, name, kind) : undefined
      return Math.random() < ratio ? open(names.trace(), undefined, name, kind) : undefined
    },
    /** A span that goes on what another node began. */
    resume(traceparent: string, name: string, kind: Kind, from?: number): Span | undefined {
      const parent = readTraceparent(traceparent)
      return parent && open(parent.traceId, parent.spanId, name, kind, from)
    },
    /** The span in which this code runs. */
    current: (): Span | undefined => running.getStore(),
    /** The span of a request, from its first byte. */
    attach: (request: Request, span: Span): void => void requests.set(request, span),
    of: (request: Request): Span | undefined => requests.get(request),
    close: exporter.close,
  }
}
