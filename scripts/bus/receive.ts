import { ask, person, send, socketOf, start } from './stage.ts'

const listeners = 100
/** Messages on their way at the same time. */
const window = 16
const rounds = 3
const words = 'a message of an ordinary length, as people write them to each other all day long'

type Round = { cpuUs: number; deliveries: number }

/** CPU of a node a delivery: of one that does everything, and of one that gets the messages of another over Redis. */
export async function receive(seconds: number, redis: string | undefined): Promise<void> {
  if (!redis) throw new Error('This needs BUS_URL.')
  const found: Record<string, Round[]> = { 'one node': [], 'receives over Redis': [] }
  for (let round = 0; round < rounds; round++) {
    found['one node']!.push(await measure(1, undefined, seconds))
    found['receives over Redis']!.push(await measure(2, redis, seconds))
  }
  for (const [kind, all] of Object.entries(found)) {
    const costs = all.map(({ cpuUs }) => cpuUs)
    console.log(
      `${kind.padEnd(20)} ${medianOf(costs).toFixed(2)} µs CPU a delivery (${costs.map((each) => each.toFixed(2)).join(' ')})`,
    )
  }
  const [one, other] = Object.values(found).map((all) => medianOf(all.map(({ cpuUs }) => cpuUs)))
  console.log(`ratio ${(other! / one!).toFixed(2)}`)
}

async function measure(nodes: 1 | 2, busUrl: string | undefined, seconds: number): Promise<Round> {
  const started = [await start(busUrl)]
  if (nodes === 2) started.push(await start(busUrl))
  const [here, there] = [started[0]!, started.at(-1)!]
  const [author, listener] = [await person(here.url), await person(there.url)]
  const room = `receive-${crypto.randomUUID().slice(0, 8)}`
  await ask(here.url, '/rooms', { id: room }, author)
  await ask(there.url, `/rooms/${room}/members/me`, {}, listener, 'PUT')
  let deliveries = 0
  const hear = () => deliveries++
  const sockets = await Promise.all(
    Array.from({ length: listeners }, () => socketOf(there.url, listener, room, hear)),
  )
  let stopped = false
  const talking = await socketOf(here.url, author, room, (text) => {
    if (!stopped && text.startsWith('{"type":"reply"')) send(talking, room, words)
  })
  const began = performance.now()
  for (let nth = 0; nth < window; nth++) send(talking, room, words)
  await Bun.sleep(2000)
  const [cpu, many] = [await there.cpuMs(), deliveries]
  await Bun.sleep(seconds * 1000)
  const cpuUs = (((await there.cpuMs()) - cpu) * 1000) / (deliveries - many)
  stopped = true
  await Bun.sleep(200)
  for (const socket of [...sockets, talking]) socket.close()
  for (const node of started) await node.stop()
  console.log(
    `${nodes} node(s): ${deliveries - many} deliveries in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  )
  return { cpuUs, deliveries: deliveries - many }
}

const medianOf = (figures: number[]): number => {
  const sorted = figures.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
