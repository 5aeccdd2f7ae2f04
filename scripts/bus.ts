/*
 * What a bus costs and how long it takes, on a Postgres of its own, with DATABASE_URL and, for Redis, BUS_URL:
 *   bun scripts/bus.ts cost [seconds] [kinds]   messages a second of one node without a bus, with one, with traces, and with an
 *                                               idle second node, in turns; `kinds` as in its output, with commas
 *   bun scripts/bus.ts time [seconds]           from a sender on node A to listeners on A and B at 1,000 messages a second
 *   bun scripts/bus.ts receive [seconds]        CPU of a node for each delivery to 100 sockets in one room, of one node, and of the
 *                                               node that receives over Redis
 *   bun scripts/bus.ts ban [times]              from a ban on node A until that person hears nothing more on B
 */
import { createMemoryBus } from '../src/bus/memory.ts'
import { readConfig } from '../src/config.ts'
import { createServer } from '../src/server.ts'
import type { Node } from './bus/stage.ts'

const [what = 'cost', seconds = '6', mode] = process.argv.slice(2)
const talkers = 10
const window = 16
const rounds = 7
const words = 'a message of an ordinary length, as people write them to each other all day long'

if (what === 'serve') {
  const server = await createServer(
    readConfig(process.env),
    undefined,
    mode === 'without' ? { bus: createMemoryBus() } : {},
  )
  console.log(`at ${server.url} ${server.setupLink?.split('#setup=')[1] ?? ''}\n`)
  process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)))
  await new Promise(() => {})
}

// Only here: it creates a database.
const { ask, close, person, send, socketOf, start } = await import('./bus/stage.ts')

async function roomsOn(node: Node) {
  return Promise.all(
    Array.from({ length: talkers }, async (_, index) => {
      const token = await person(node.url)
      const room = `bus-${crypto.randomUUID().slice(0, 8)}-${index}`
      await ask(node.url, '/rooms', { id: room }, token)
      return { token, room }
    }),
  )
}

/** Messages a second, and CPU of the node for each. */
async function cost(node: Node): Promise<{ rate: number; cpuUs: number }> {
  let count = 0
  let stopped = false
  const rooms = await roomsOn(node)
  const sockets = await Promise.all(
    rooms.map(async ({ token, room }) => {
      const socket: WebSocket = await socketOf(node.url, token, room, (text) => {
        if (!text.startsWith('{"type":"reply"')) return
        count++
        if (!stopped) send(socket, room, words)
      })
      for (let nth = 0; nth < window; nth++) send(socket, room, words)
      return socket
    }),
  )
  await Bun.sleep(1500)
  const [from, cpu, began] = [count, await node.cpuMs(), performance.now()]
  await Bun.sleep(Number(seconds) * 1000)
  const [many, took] = [count - from, performance.now() - began]
  const cpuUs = (((await node.cpuMs()) - cpu) * 1000) / many
  stopped = true
  await Bun.sleep(200)
  for (const socket of sockets) socket.close()
  return { rate: (many / took) * 1000, cpuUs }
}

async function time(here: Node, there: Node): Promise<Record<string, number[]>> {
  const spans: Record<string, number[]> = { A: [], B: [] }
  const rooms = await roomsOn(here)
  let counting = false
  const hear = (place: string) => (text: string) => {
    const at = /"content":"at ([\d.]+) /.exec(text)?.[1]
    if (counting && at) spans[place]!.push(performance.now() - Number(at))
  }
  const talking = await Promise.all(
    rooms.map(async ({ token, room }) => {
      const other = await person(there.url)
      await ask(there.url, `/rooms/${room}/members/me`, {}, other, 'PUT')
      await socketOf(there.url, other, room, hear('B'))
      return { room, socket: await socketOf(here.url, token, room, hear('A')) }
    }),
  )
  const began = performance.now()
  let sent = 0
  while (performance.now() - began < (Number(seconds) + 2) * 1000) {
    const due = performance.now() - began
    counting ||= due > 2000
    while (sent < due) {
      const { socket, room } = talking[sent++ % talkers]!
      send(socket, room, `at ${performance.now().toFixed(3)} ${words}`)
    }
    await Bun.sleep(1)
  }
  await Bun.sleep(500)
  for (const { socket } of talking) socket.close()
  return spans
}

const medianOf = (figures: number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!

const at = (sorted: number[], part: number): string =>
  sorted[Math.floor(sorted.length * part)]!.toFixed(1).padStart(7)

const redis = process.env.BUS_URL
const sink = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    await request.text()
    return Response.json({})
  },
})
try {
  // Compiles nothing that is measured.
  await (await start(undefined)).stop()
  if (what === 'cost') {
    const kinds: [string, () => Promise<Node[]>][] = [
      ['no bus', async () => [await start(undefined, 'without')]],
      ['Postgres, alone', async () => [await start(undefined)]],
      ['Postgres, 2nd idle', async () => [await start(undefined), await start(undefined)]],
    ]
    if (redis) kinds.push(['Redis, 2nd idle', async () => [await start(redis), await start(redis)]])
    kinds.push([
      'traced',
      async () => [await start(undefined, 'without', { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url.origin })],
    ])
    const asked = mode?.split(',')
    if (asked)
      kinds.splice(0, kinds.length, ...kinds.filter(([kind]) => asked.some((each) => kind.includes(each))))
    const found = new Map<string, { rate: number; cpuUs: number }[]>()
    const run = async ([kind, open]: (typeof kinds)[number]) => {
      const nodes = await open()
      found.set(kind, [...(found.get(kind) ?? []), await cost(nodes[0]!)])
      for (const node of nodes) await node.stop()
    }
    // A new database is slower at first.
    await run(kinds[0]!)
    found.clear()
    for (let round = 0; round < rounds; round++) {
      for (const kind of kinds) await run(kind)
      kinds.push(kinds.shift()!)
    }
    const base = medianOf(found.get('no bus')!.map(({ rate }) => rate))
    for (const [kind, all] of [...found].sort()) {
      const rates = all.map(({ rate }) => rate)
      console.log(
        `${kind.padEnd(20)} ${Math.round(medianOf(rates))} messages/s (${rates.map(Math.round).join(' ')}), ` +
          `ratio ${(medianOf(rates) / base).toFixed(3)}, ${medianOf(all.map(({ cpuUs }) => cpuUs)).toFixed(1)} µs CPU`,
      )
    }
  } else if (what === 'time') {
    for (const busUrl of redis ? [undefined, redis] : [undefined]) {
      const nodes = [await start(busUrl), await start(busUrl)] as const
      const spans = await time(...nodes)
      for (const [place, all] of Object.entries(spans)) {
        const sorted = all.sort((a, b) => a - b)
        console.log(
          `${busUrl ? 'Redis   ' : 'Postgres'} A to ${place}: ${sorted.length} heard, ` +
            `p50 ${at(sorted, 0.5)} p99 ${at(sorted, 0.99)} p99.9 ${at(sorted, 0.999)} ms`,
        )
      }
      for (const node of nodes) await node.stop()
    }
  } else if (what === 'receive') {
    const { receive } = await import('./bus/receive.ts')
    await receive(Number(seconds), redis)
  } else if (what === 'ban') {
    const { ban } = await import('./bus/ban.ts')
    for (const busUrl of redis ? [undefined, redis] : [undefined]) await ban(Number(seconds), busUrl)
  }
} finally {
  await close()
  sink.stop(true)
}
process.exit(0)
