/** Which span of which trace: what a child needs to know of its parent. Lower-case hex. */
export type Parent = { traceId: string; spanId: string }

/** A header of W3C Trace Context that can be read. */
export type Incoming = Parent & { sampled: boolean }

const traceBytes = 16
const spanBytes = 8
const poolBytes = 4096
const sampledFlag = 1

// Version ff is never valid; a later version may have more fields behind the flags.
const form = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})($|-)/

/** Undefined if the header is not there or has another form: then a trace begins here. */
export function readTraceparent(header: string | null | undefined): Incoming | undefined {
  const [, version, traceId = '', spanId = '', flags = '', end] = form.exec(header?.trim() ?? '') ?? []
  if (version === undefined || (version === '00' && end !== '')) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & sampledFlag) === sampledFlag }
}

export const writeTraceparent = ({ traceId, spanId }: Parent): string => `00-${traceId}-${spanId}-01`

/** Names for traces and spans. Random bytes are fetched for many at once. */
export function createNames() {
  const pool = Buffer.alloc(poolBytes)
  let used = poolBytes

  function next(bytes: number): string {
    if (used + bytes > poolBytes) {
      crypto.getRandomValues(pool)
      used = 0
    }
    const name = pool.toString('hex', used, used + bytes)
    used += bytes
    return name
  }

  return { trace: () => next(traceBytes), span: () => next(spanBytes) }
}
