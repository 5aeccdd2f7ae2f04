import type { Parent } from './context.ts'

/** What may be said of a span: names from our code and numbers, never a person, a room or a text. */
export type Attributes = Record<string, string | number | undefined>

/** As OTLP numbers them. */
export const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
export type Kind = keyof typeof kinds

/** Times are those of `performance.now()`. */
export type Ended = Parent & {
  parent: string | undefined
  name: string
  kind: Kind
  from: number
  to: number
  attributes: Attributes
  /** What went wrong; undefined if nothing did. A refusal is no error. */
  error: string | undefined
}

const errorCode = 2

/** An ExportTraceServiceRequest of OTLP in its JSON form. `origin`: the Unix time in ms at which `performance.now()` was 0. */
export function encodeSpans(spans: readonly Ended[], resource: Attributes, origin: number): string {
  const { 'service.version': version } = resource
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: listed(resource) },
        scopeSpans: [
          {
            scope: { name: 'parley', version },
            spans: spans.map((span) => ({
              traceId: span.traceId,
              spanId: span.spanId,
              parentSpanId: span.parent,
              name: span.name,
              kind: kinds[span.kind],
              startTimeUnixNano: nanoseconds(origin + span.from),
              endTimeUnixNano: nanoseconds(origin + span.to),
              attributes: listed(span.attributes),
              ...(span.error !== undefined && { status: { code: errorCode, message: span.error } }),
            })),
          },
        ],
      },
    ],
  })
}

/** 64-bit numbers are texts in JSON. A double has no nanoseconds of our time, so whole milliseconds and the rest are joined. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms)
  const rest = Math.floor((ms - whole) * 1e6)
  return `${whole}${String(rest).padStart(6, '0')}`
}

const listed = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: written(value) }],
  )

const written = (value: string | number) =>
  typeof value === 'string'
    ? { stringValue: value }
    : Number.isInteger(value)
      ? { intValue: String(value) }
      : { doubleValue: value }
