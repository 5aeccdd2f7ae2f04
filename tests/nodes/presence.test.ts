import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { logIn, makeRoom, signUp } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf, type TestSocket, waitFor } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

const each = [
  { over: 'linked buses', buses: () => linkedBuses(3).buses, hurry: true },
  { over: 'the bus of Postgres', buses: () => 3, hurry: false },
]

describe.skipIf(!(await postgresForTests())).each(each)('on three nodes over $over', ({ buses, hurry }) => {
  let nodes: Nodes
  let people: { ben: Person; cleo: Person; dan: Person }
  beforeAll(async () => {
    nodes = await startNodes(buses())
    const [first] = nodes.servers
    people = {
      ben: await signUp(first!, 'ben'),
      cleo: await signUp(first!, 'cleo'),
      dan: await signUp(first!, 'dan'),
    }
  })
  afterAll(async () => nodes?.stop())

  async function enter(node: number, person: Person, room: string): Promise<TestSocket> {
    const socket = await socketOf(nodes.servers[node]!, person)
    await socket.ask({ type: 'room.join', room })
    await socket.ask({ type: 'room.subscribe', room })
    return socket
  }

  const listed = async (socket: TestSocket, room: string): Promise<Frame> =>
    (await socket.ask({ type: 'presence.list', room })).data
  const lists = (socket: TestSocket, room: string, online: string[]) =>
    waitFor(
      `${online} online`,
      async () => JSON.stringify((await listed(socket, room)).online) === JSON.stringify(online),
    )
  const changes = (socket: TestSocket, status: 'online' | 'offline') =>
    socket.heard('presence.changed').flatMap((event) => (event[status] ?? []) as string[])

  test('everybody is online for everybody, and who has sockets on two counts once', async () => {
    const { ben, cleo } = people
    const room = await makeRoom(nodes.servers[0]!, ben)
    const bens = await enter(0, ben, room)
    const cleos = [await enter(1, cleo, room), await enter(2, cleo, room)]
    for (const socket of [bens, ...cleos]) await lists(socket, room, ['ben', 'cleo'])
    expect((await listed(bens, room)).count).toBe(2)
    const { body } = await rest(nodes.servers[0]!, ben).get(`/rooms/${room}/members`)
    expect(body.items.map(({ status }: { status: string }) => status)).toEqual(['online', 'online'])

    await bens.until('cleo online', () => changes(bens, 'online').includes('cleo'))
    await cleos[0]!.ask({ type: 'room.unsubscribe', room })
    await cleos[1]!.ask({ type: 'room.unsubscribe', room })
    await bens.until('cleo offline', () => changes(bens, 'offline').includes('cleo'))
    expect(changes(bens, 'online')).toEqual(['ben', 'cleo'])
    expect(changes(bens, 'offline')).toEqual(['cleo'])
    expect((await listed(bens, room)).count).toBe(1)
    for (const socket of [bens, ...cleos]) await socket.close()
  })

  test('the people of a node that stops stay online if they come back to another, and go offline if not', async () => {
    const { ben } = people
    const [first, second, third] = nodes.servers
    const [cleo, dan] = [await logIn(second!, 'cleo'), await logIn(third!, 'dan')]
    const room = await makeRoom(first!, ben)
    const bens = await enter(0, ben, room)
    await enter(1, cleo, room)
    await enter(2, dan, room)
    await bens.until('both online', () => changes(bens, 'online').length === 3)
    await lists(bens, room, ['ben', 'cleo', 'dan'])
    await second!.stop()
    // Killed: it tells nothing, and its sockets stay open.
    await third!.tools.bus.close()
    // A server that stops asks its clients to come back a little later.
    await Bun.sleep(1000)
    const again = await enter(0, cleo, room)
    // Over the other bus, the twenty seconds of an operator's server are waited for.
    if (hurry) first!.tools.policy.presenceReturnMs = 0
    await bens.until('dan offline', () => changes(bens, 'offline').includes('dan'))
    expect(changes(bens, 'offline')).toEqual(['dan'])
    expect(await listed(bens, room)).toEqual({ room, count: 2, online: ['ben', 'cleo'] } as never)
    for (const socket of [bens, again]) await socket.close()
  })
})
