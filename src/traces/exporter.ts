import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { type Attributes, type Ended, encodeSpans } from './otlp.ts'

/** More spans than these are dropped. */
const mostWaiting = 4096
const mostTogether = 512
const everyMs = 1000
/** After a failure. What comes meanwhile waits, or is dropped. */
const pauseMs = 5000
const responseMs = 10_000
const lastMs = 2000
/** The clock of the machine was set: spans follow it. Less is how exactly two readings agree. */
const mostDriftMs = 20
const mostReplyBytes = 65_536

export type ExporterOptions = {
  /** The address of the collector, without `/v1/traces`. */
  endpoint: string
  headers: Readonly<Record<string, string>>
  /** Who tells. */
  resource: Attributes
  log: Log
  metrics: Metrics['traces']
}

/**
 * Sends spans to a collector, joined, one request at a time. Nobody waits for it and it never throws: while the collector
 * is away, spans are dropped and counted, and the log says so once.
 */
export function createExporter({ endpoint, headers, resource, log, metrics }: ExporterOptions) {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  let waiting: Ended[] = []
  let sending: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let pausedUntil = 0
  let isAway = false
  let closed = false
  let origin = performance.timeOrigin

  function add(span: Ended): void {
    if (closed || waiting.length >= mostWaiting) return metrics.dropped.add()
    waiting.push(span)
    const now = performance.now()
    if (waiting.length >= mostTogether && now >= pausedUntil) void send()
    else if (!timer) {
      timer = setTimeout(due, Math.max(everyMs, pausedUntil - now))
      timer.unref()
    }
  }

  function due(): void {
    timer = undefined
    void send()
  }

  function send(): Promise<void> {
    sending ??= sendAll().finally(() => {
      sending = undefined
      if (waiting.length > 0 && !timer && !closed) {
        timer = setTimeout(due, Math.max(everyMs, pausedUntil - performance.now()))
        timer.unref()
      }
    })
    return sending
  }

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) {
      const some = waiting.slice(0, mostTogether)
      waiting = waiting.slice(mostTogether)
      try {
        const refused = await post(some)
        metrics.exported.add(some.length - refused)
        metrics.dropped.add(refused)
        if (isAway) log.info('the collector of traces is back', { collector: url })
        isAway = false
      } catch (error) {
        metrics.dropped.add(some.length)
        pausedUntil = performance.now() + pauseMs
        if (!isAway)
          log.warn(
            'the collector of traces cannot be used: spans are dropped until it can. It must speak OTLP over HTTP with JSON, ' +
              'usually on port 4318',
            { collector: url, why: (error as Error).message },
          )
        isAway = true
        return
      }
    }
  }

  /** How many of them the collector did not take. */
  async function post(spans: Ended[]): Promise<number> {
    const drift = Date.now() - origin - performance.now()
    if (Math.abs(drift) > mostDriftMs) origin += drift
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: encodeSpans(spans, resource, origin),
      redirect: 'manual',
      signal: AbortSignal.timeout(responseMs),
    })
    const text = await readShort(response)
    if (!response.ok) throw new Error(`it replied ${response.status}`)
    return refusedIn(text, spans.length)
  }

  return {
    add,
    /** Sends what waits, for a moment. */
    async close(): Promise<void> {
      closed = true
      clearTimeout(timer)
      if (!isAway) await Promise.race([sendRest(), Bun.sleep(lastMs)])
      metrics.dropped.add(waiting.length)
      waiting = []
    },
  }

  async function sendRest(): Promise<void> {
    await sending
    await send()
  }
}

/** As much of the response as can matter; empty if there is more. */
async function readShort(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (text.length > mostReplyBytes) return ''
  }
  return text
}

/** How many spans an ExportTraceServiceResponse has refused: 0 if it cannot be read. */
function refusedIn(text: string, most: number): number {
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: unknown } }
    const refused = Number(partialSuccess?.rejectedSpans ?? 0)
    return Number.isInteger(refused) ? Math.min(Math.max(0, refused), most) : 0
  } catch {
    return 0
  }
}
