import { describe, expect, test } from 'bun:test'
import { freePort } from '../src/bench/free-port.ts'
import type { Note } from '../src/bus/bus.ts'
import { createLog } from '../src/log.ts'
import { createMetrics } from '../src/metrics.ts'
import { readTraceparent } from '../src/traces/context.ts'
import { createTraces } from '../src/traces.ts'
import { cast, makeRoom, post } from './support/cast.ts'
import { socketOf, waitFor } from './support/client.ts'
import { startCollector } from './support/collector.ts'
import { startServer } from './support/server.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const span = '00f067aa0ba902b7'

describe('the header traceparent', () => {
  test('names a trace, a span and whether it is recorded; a later version may say more', () => {
    const parent = { traceId: trace, spanId: span }
    expect(readTraceparent(`00-${trace}-${span}-01`)).toEqual({ ...parent, sampled: true })
    expect(readTraceparent(` 00-${trace}-${span}-00 `)).toEqual({ ...parent, sampled: false })
    expect(readTraceparent(`00-${trace}-${span}-03`)).toEqual({ ...parent, sampled: true })
    expect(readTraceparent(`01-${trace}-${span}-01-more`)).toEqual({ ...parent, sampled: true })
  })

  test.each([
    '',
    'x',
    `ff-${trace}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-${span}`,
    `00-${trace}0-${span}-01`,
    `00-${trace}-${span}-1`,
  ])('in another form is as if it were not there: %p', (header) => {
    expect(readTraceparent(header)).toBeUndefined()
  })
})

const counted = (metrics: { text(): string }, name: string): number =>
  Number(new RegExp(`^parley_spans_${name}_total\\S* (\\d+)$`, 'm').exec(metrics.text())![1])

describe('a collector that is away', () => {
  test('costs spans, one warning and nothing else, and gets those of later when it is back', async () => {
    const port = await freePort()
    const lines: string[] = []
    const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } })
    const settings = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20canary',
    }
    const server = await startServer({ log, settings })
    const { metrics } = server.tools
    const { ben } = await cast(server)
    const room = await makeRoom(server, ben)
    await post(server, ben, room, 'nobody traces this')
    await waitFor('the first are dropped', () => counted(metrics, 'dropped') > 0)
    const before = counted(metrics, 'dropped')
    await post(server, ben, room, 'nor this')
    await waitFor('the next are dropped too', () => counted(metrics, 'dropped') > before)
    const about = () => lines.filter((line) => line.includes('collector'))
    expect(about()).toHaveLength(1)
    expect(about()[0]).toContain('"level":"warn"')
    expect(lines.join()).not.toContain('canary')

    const collector = startCollector(port)
    await waitFor('the collector has some', async () => {
      await post(server, ben, room, 'this is traced')
      await Bun.sleep(100)
      return collector.spans.length > 0
    })
    await waitFor('that is said', () => about().length === 2 && counted(metrics, 'exported') > 0)
    expect(collector.refused).toEqual([])
    await server.stop()
    await collector.stop()
  })

  test('takes no more memory than for some thousand spans', async () => {
    const metrics = createMetrics()
    metrics.stop()
    // It accepts and never replies.
    const mute = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Promise<Response>(() => {}) })
    const traces = createTraces({
      endpoint: `http://127.0.0.1:${mute.port}`,
      headers: {},
      ratio: 1,
      resource: { 'service.name': 'parley' },
      log: createLog({ level: 'silent' }),
      metrics: metrics.traces,
    })
    const many = 50_000
    for (let nth = 0; nth < many; nth++) traces.begin('span', 'server')!.end()
    expect(counted(metrics, 'dropped')).toBeGreaterThan(many - 10_000)
    await traces.close()
    expect(counted(metrics, 'exported')).toBe(0)
    await mute.stop(true)
  })
})

describe('which traces are recorded', () => {
  const tracesWith = (ratio: number) => {
    const metrics = createMetrics()
    metrics.stop()
    const log = createLog({ level: 'silent' })
    const endpoint = 'http://127.0.0.1:9'
    return createTraces({ endpoint, headers: {}, ratio, resource: {}, log, metrics: metrics.traces })
  }

  test('is a part of those that begin here, and what the sender says of others', () => {
    const many = 2000
    const begun = (ratio: number, header?: string) => {
      const traces = tracesWith(ratio)
      return Array.from({ length: many }, () => traces.begin('a', 'server', header)).filter(Boolean).length
    }
    expect([begun(0), begun(1)]).toEqual([0, many])
    expect(begun(0.25)).toBeWithin(many / 8, many / 2)
    expect(begun(0, `00-${trace}-${span}-01`)).toBe(many)
    expect(begun(1, `00-${trace}-${span}-00`)).toBe(0)
    expect(begun(0, 'nonsense')).toBe(0)
  })
})

test('without a collector nothing is made for traces', async () => {
  const server = await startServer()
  const { ben } = await cast(server)
  const room = await makeRoom(server, ben)
  const notes: Note[] = []
  server.tools.bus.subscribe((note) => void notes.push(note))
  const socket = await socketOf(server, ben)
  await socket.ask({ type: 'message.send', room, content: 'hello' })
  await post(server, ben, room, 'again')
  expect(server.tools.traces).toBeUndefined()
  const entries = notes.filter(({ to }) => to === 'log')
  expect(entries).toHaveLength(2)
  for (const note of entries) expect(note).not.toHaveProperty('traces')
  await server.stop()
})
