import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Cable, layCable } from '../support/cable.ts'
import { makeRoom, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf, type TestSocket, waitFor } from '../support/client.ts'
import { type Collector, type Seen, startCollector } from '../support/collector.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'
import { type OwnRedis, redisForTests, startRedis } from '../support/redis.ts'

const there = await postgresForTests()
const engines = [
  { engine: 'Postgres', isHere: there !== undefined },
  { engine: 'Redis', isHere: there !== undefined && redisForTests !== undefined },
]
const canary = 'a canary sings in the mine'
/** The ids of other systems: not a node of ours began this trace. */
const outside = { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7' }

/** Where a span is and what is above it: "B feed.deliver < B bus.receive < …". */
const pathOf = (span: Seen, all: Seen[], nodes: string[]): string => {
  const parent = all.find(({ spanId }) => spanId === span.parentSpanId)
  const own = `${'AB'[nodes.indexOf(span.node)]} ${span.name}`
  return parent ? `${own} < ${pathOf(parent, all, nodes)}` : own
}

for (const { engine, isHere } of engines) {
  describe.skipIf(!isHere)(`traces of two nodes over ${engine}`, () => {
    let collector: Collector
    let nodes: Nodes
    let redis: OwnRedis | undefined
    let cable: Cable | undefined
    let onTheWire = ''
    let ben: Person
    let room: string
    let sockets: TestSocket[] = []
    const names = () => nodes.servers.map(({ tools }) => tools.bus.node)

    beforeAll(async () => {
      collector = startCollector()
      redis = engine === 'Redis' ? await startRedis() : undefined
      cable = redis && (await layCable(redis.port, (piece) => (onTheWire += piece.toString('latin1'))))
      nodes = await startNodes(2, {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20secret,x-other=1',
        OTEL_SERVICE_NAME: 'chat',
        ...(cable && { BUS_URL: `redis://127.0.0.1:${cable.port}` }),
      })
      const [here, elsewhere] = nodes.servers
      ben = await signUp(here!, 'ben')
      const cleo = await signUp(elsewhere!, 'cleo')
      room = await makeRoom(here!, ben)
      sockets = [await socketOf(here!, ben), await socketOf(elsewhere!, cleo)]
      await sockets[1]!.ask({ type: 'room.join', room })
      for (const socket of sockets) await socket.ask({ type: 'room.subscribe', room })
    })
    afterAll(async () => {
      await nodes?.stop()
      await cable?.close()
      await redis?.stop()
      await collector?.stop()
    })

    const traceOf = async (find: (span: Seen) => boolean, isWhole: (spans: Seen[]) => boolean) =>
      waitFor('the whole trace', () => {
        const one = collector.spans.find(find)
        const all = collector.spans.filter(({ traceId }) => traceId === one?.traceId)
        return one && isWhole(all) ? all : undefined
      })

    const onBoth = (spans: Seen[]): boolean =>
      spans.filter(({ name }) => name === 'feed.deliver').length === 2 &&
      spans.some(({ kind }) => kind === 2) &&
      ['bus.send', 'bus.receive'].every((each) => spans.some(({ name }) => name === each))

    const expectPaths = (spans: Seen[], door: string, verb: string): void => {
      const commit = `A log.commit < A ${verb} < A ${door}`
      const received = `B bus.receive < A bus.send < ${commit}`
      expect(spans.map((span) => pathOf(span, spans, names())).sort()).toEqual(
        [
          `A ${door}`,
          `A ${verb} < A ${door}`,
          `A log.queue < A ${verb} < A ${door}`,
          commit,
          `A feed.deliver < ${commit}`,
          `A sockets.publish < A feed.deliver < ${commit}`,
          `A bus.send < ${commit}`,
          received,
          `B feed.deliver < ${received}`,
          `B sockets.publish < B feed.deliver < ${received}`,
        ].sort(),
      )
    }

    test('a send over a socket is one trace, from the door to the sockets of the other node', async () => {
      const { seq } = (await sockets[0]!.ask({ type: 'message.send', room, content: canary })).data
      const isIt = ({ name, said }: Seen) => name === 'log.commit' && said['parley.seq'] === seq
      const spans = await traceOf(isIt, onBoth)
      expectPaths(spans, 'socket message.send', 'verb message.send')
      for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
        expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano))
        expect(Math.abs(Number(BigInt(startTimeUnixNano) / 1_000_000n) - Date.now())).toBeLessThan(3_600_000)
      }
      const delivered = spans.filter(({ name }) => name === 'feed.deliver')
      const sources = Object.fromEntries(delivered.map(({ node, said }) => [node, said['parley.source']]))
      expect(sources).toEqual({ [names()[0]!]: 'bus', [names()[1]!]: engine === 'Redis' ? 'bus' : 'log' })
      const published = spans.filter(({ name }) => name === 'sockets.publish')
      expect(published.map(({ said }) => said['parley.sockets'])).toEqual([1, 1])
      expect(sockets[1]!.heard('message.created').map(({ message }) => message.content)).toContain(canary)
    })

    test('a request goes on the trace of its sender, who decides whether it is recorded', async () => {
      const postWith = (flags: string) =>
        rest(nodes.servers[0]!, ben, { traceparent: `00-${outside.trace}-${outside.span}-${flags}` }).post(
          `/rooms/${room}/messages`,
          { content: canary },
        )
      const before = collector.spans.length
      const { body: unrecorded } = await postWith('00')
      const { body: recorded } = await postWith('01')
      const spans = await traceOf(({ traceId }) => traceId === outside.trace, onBoth)
      const door = 'POST /rooms/:room/messages'
      expectPaths(spans, door, `verb ${door}`)
      const [first] = spans.filter(({ kind }) => kind === 2)
      expect(first).toMatchObject({
        parentSpanId: outside.span,
        said: { 'http.response.status_code': 201, 'http.route': '/rooms/:room/messages' },
      })
      const seqs = collector.spans.slice(before).map(({ said }) => said['parley.seq'])
      expect(seqs).toContain(recorded.seq)
      expect(seqs).not.toContain(unrecorded.seq)
    })

    test('nothing of people, rooms and texts is in it, and the bus carries it sealed', async () => {
      expect(collector.refused).toEqual([])
      for (const body of collector.bodies)
        for (const secret of [canary, room, 'ben', 'cleo', ben.token, ben.id])
          expect(body).not.toContain(secret)
      expect(collector.headers[0]!.get('x-key')).toBe('a secret')
      expect(collector.spans[0]!.service).toBe('chat')
      if (engine === 'Redis') expect(onTheWire.length).toBeGreaterThan(1000)
      for (const secret of [canary, outside.trace]) expect(onTheWire).not.toContain(secret)
    })

    test('many messages of one moment are traced each for itself', async () => {
      const many = 20
      const before = collector.spans.length
      await Promise.all(
        Array.from({ length: many }, () => sockets[0]!.ask({ type: 'message.send', room, content: canary })),
      )
      const delivered = () =>
        collector.spans
          .slice(before)
          .filter(({ name, node }) => name === 'feed.deliver' && node === names()[1])
      await waitFor('all of them', () => delivered().length >= many)
      expect(new Set(delivered().map(({ traceId }) => traceId)).size).toBe(many)
    })
  })
}
