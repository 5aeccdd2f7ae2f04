import { askServer } from '../ask.ts'
import { type Counted, since, whenStill } from './counted.ts'
import { bytesOf, type Counts, countsOf, type Size } from './formulas.ts'
import { type Listener, openListener } from './listener.ts'
import { type PlacedRoom, placeRooms, type Shape } from './shape.ts'

export type Cluster = {
  /** The address of each node. */
  urls: readonly string[]
  /** Tokens of two people or more; the first creates the rooms and writes. */
  tokens: readonly string[]
  /** The names of the rooms begin with it. */
  name: string
  tell(line: string): void
}

/** One figure of one node, as the formula has it and as it was. */
export type Compared = { node: number; what: string; computed: number; counted: number; isRight: boolean }

export type Simulation = {
  shape: Shape
  compared: Compared[]
  /** The counts of all nodes together. */
  total: Counted & { deliveries: number }
  size: Size
}

const patienceMs = 120_000
const window = 16
const words = 'a message of an ordinary length, as people write them to each other all day long'
/** How exact the formula of bytes is: numbers have more or fewer digits. */
const mostOff = 0.05

/** Lets people of many nodes talk, and compares what the nodes counted with the arithmetic of docs/scaling.md. */
export async function simulate(shape: Shape, { urls, tokens, name, tell }: Cluster): Promise<Simulation> {
  const rooms = placeRooms(shape, name)
  const [author = '', ...others] = tokens
  const opened: Listener[] = []
  const open = async (node: number, token: string): Promise<Listener> => {
    const listener = await openListener(urls[node]!, token)
    opened.push(listener)
    return listener
  }
  try {
    tell(`${rooms.length} rooms, each with listeners on ${shape.spread} of ${urls.length} nodes`)
    for (const { id } of rooms) {
      await askServer(urls[0]!, { method: 'POST', path: '/rooms', token: author, body: { id } })
      for (const token of others)
        await askServer(urls[0]!, { method: 'PUT', path: `/rooms/${id}/members/me`, token, body: {} })
    }
    const listening = await Promise.all(
      urls.map(async (_, node) => {
        const here = rooms.filter(({ nodes }) => nodes.includes(node))
        const listeners = await Promise.all(
          Array.from({ length: shape.listeners }, (_, nth) => open(node, others[nth % others.length]!)),
        )
        for (const listener of listeners)
          for (const { id } of here) await listener.ask({ type: 'room.subscribe', room: id })
        return listeners
      }),
    )
    const writing = await Promise.all(urls.map((_, node) => open(node, author)))
    tell('waiting until all nodes know who is online')
    const before = await whenStill(urls, patienceMs)

    tell(`${shape.messages} messages in each room`)
    await Promise.all(rooms.map((room) => write(writing[room.author]!, room, shape.messages)))
    const deliveriesOf = (node: number): number =>
      listening[node]!.reduce((sum, each) => sum + each.heard(), 0)
    const due = urls.map((_, node) => countsOf(shape, rooms, node, () => 0, urls.length).deliveries)
    await until(() => due.every((many, node) => deliveriesOf(node) >= many))
    const after = await whenStill(urls, patienceMs)

    const counted = urls.map((_, node) => ({
      ...since(before[node]!, after[node]!),
      deliveries: deliveriesOf(node),
    }))
    const size = listening
      .flat()
      .find((each) => each.heard() > 0)!
      .size()
    return {
      shape,
      compared: counted.flatMap((each, node) => {
        const computed = countsOf(shape, rooms, node, (from) => counted[from]!.notesSent, urls.length)
        const bytes = bytesOf(shape.bus, each, size)
        return [
          ...(Object.keys(computed) as (keyof Counts)[]).map((what) =>
            exactly(node, what, computed[what], each[what]),
          ),
          nearly(node, 'bytesSent', bytes, each.bytesSent),
          atMost(node, 'notesSent', each.rows, each.notesSent),
          atMost(node, 'commits', each.rows, each.commits),
        ]
      }),
      total: counted.reduce(together),
      size,
    }
  } finally {
    for (const listener of opened) listener.close()
  }
}

async function write(socket: Listener, { id }: PlacedRoom, messages: number): Promise<void> {
  for (let sent = 0; sent < messages; sent += window) {
    const some = Array.from({ length: Math.min(window, messages - sent) }, () =>
      socket.ask({ type: 'message.send', room: id, content: words, client_id: crypto.randomUUID() }),
    )
    await Promise.all(some)
  }
}

const exactly = (node: number, what: string, computed: number, counted: number): Compared => ({
  node,
  what,
  computed,
  counted,
  isRight: computed === counted,
})

const nearly = (node: number, what: string, computed: number, counted: number): Compared => ({
  node,
  what,
  computed: Math.round(computed),
  counted,
  isRight: Math.abs(counted - computed) <= mostOff * computed,
})

const atMost = (node: number, what: string, computed: number, counted: number): Compared => ({
  node,
  what: `${what}, at most`,
  computed,
  counted,
  isRight: counted <= computed,
})

type Total = Counted & { deliveries: number }

const together = (one: Total, other: Total): Total =>
  Object.fromEntries(
    (Object.keys(one) as (keyof Total)[]).map((name) => [name, one[name] + other[name]]),
  ) as Total

async function until(fact: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!fact()) {
    if (performance.now() > deadline) throw new Error('Not everything was delivered.')
    await Bun.sleep(20)
  }
}
