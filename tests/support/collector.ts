import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

const closed = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

const hex = (length: number) => Type.String({ pattern: `^[0-9a-f]{${length}}$` })
/** Unsigned 64-bit numbers are texts in OTLP's JSON. */
const nanoseconds = Type.String({ pattern: '^[1-9][0-9]{18}$' })

const Attributes = Type.Array(
  closed({
    key: Type.String({ pattern: '^[a-z][a-z0-9_.]*$' }),
    value: Type.Union([
      closed({ stringValue: Type.String() }),
      closed({ intValue: Type.String({ pattern: '^-?[0-9]+$' }) }),
      closed({ doubleValue: Type.Number() }),
    ]),
  }),
)

const WrittenSpan = closed({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: Type.Optional(hex(16)),
  name: Type.String({ minLength: 1 }),
  kind: Type.Integer({ minimum: 1, maximum: 5 }),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes: Attributes,
  status: Type.Optional(closed({ code: Type.Integer({ minimum: 0, maximum: 2 }), message: Type.String() })),
})

/** ExportTraceServiceRequest of OTLP 1, in its JSON form: only what Parley sends of it. */
const ExportRequest = closed({
  resourceSpans: Type.Array(
    closed({
      resource: closed({ attributes: Attributes }),
      scopeSpans: Type.Array(
        closed({
          scope: closed({ name: Type.String(), version: Type.String() }),
          spans: Type.Array(WrittenSpan, { minItems: 1 }),
        }),
      ),
    }),
  ),
})

/** A span as a collector has it, with its attributes and its resource by name. */
export type Seen = Static<typeof WrittenSpan> & {
  said: Record<string, string | number>
  node: string
  service: string
}

export type Collector = Awaited<ReturnType<typeof startCollector>>

/** A collector of OTLP over HTTP with JSON. What it cannot read it refuses with 400, as real ones do, and keeps in `refused`. */
export function startCollector(port = 0) {
  const spans: Seen[] = []
  const refused: string[] = []
  const bodies: string[] = []
  const headers: Headers[] = []
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    async fetch(request) {
      const text = await request.text()
      const isOurs =
        request.method === 'POST' &&
        new URL(request.url).pathname === '/v1/traces' &&
        request.headers.get('content-type') === 'application/json'
      const body: unknown = isOurs ? JSON.parse(text) : undefined
      if (!Value.Check(ExportRequest, body)) {
        const first = Value.Errors(ExportRequest, body).First()
        refused.push(`${request.method} ${request.url}: ${first?.path} ${first?.message}`)
        return new Response('', { status: 400 })
      }
      bodies.push(text)
      headers.push(request.headers)
      for (const { resource, scopeSpans } of body.resourceSpans) {
        const of = named(resource.attributes)
        const about = { node: String(of['service.instance.id']), service: String(of['service.name']) }
        for (const each of scopeSpans)
          for (const span of each.spans) spans.push({ ...span, said: named(span.attributes), ...about })
      }
      return Response.json({ partialSuccess: {} })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port!,
    spans,
    refused,
    bodies,
    headers,
    stop: () => server.stop(true),
  }
}

const named = (attributes: Static<typeof Attributes>): Record<string, string | number> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      'stringValue' in value
        ? value.stringValue
        : 'intValue' in value
          ? Number(value.intValue)
          : value.doubleValue,
    ]),
  )
