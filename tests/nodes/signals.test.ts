import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mostNamed } from '../../src/features/presence/changes.ts'
import { arrive, countOnline } from '../../src/features/presence/online.ts'
import type { Person as Somebody } from '../../src/scope.ts'
import { acquaint, makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf, type TestSocket, waitFor } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

describe.skipIf(!(await postgresForTests()))('on two nodes', () => {
  let nodes: Nodes
  let ben: Person
  let cleo: Person
  beforeAll(async () => {
    nodes = await startNodes(linkedBuses(2).buses)
    ben = await signUp(nodes.servers[0]!, 'ben')
    cleo = await signUp(nodes.servers[1]!, 'cleo')
    await acquaint(nodes.servers[0]!, ben, cleo)
  })
  afterAll(async () => nodes?.stop())

  async function enter(node: number, person: Person, room: string): Promise<TestSocket> {
    const socket = await socketOf(nodes.servers[node]!, person)
    await socket.next('hello')
    const { error } = await socket.ask({ type: 'room.subscribe', room })
    expect(error).toBeUndefined()
    return socket
  }

  const openDirect = async (): Promise<string> =>
    (await rest(nodes.servers[0]!, ben).post('/directs', { usernames: ['cleo'] })).body.id

  test('typing, reactions and read marks reach each socket of the other once', async () => {
    const room = await makeRoom(nodes.servers[0]!, ben, [cleo])
    const seq = await post(nodes.servers[0]!, ben, room, 'Is anybody there?')
    const bens = await enter(0, ben, room)
    const cleos = [await enter(1, cleo, room), await enter(0, cleo, room)]
    await bens.ask({ type: 'typing.start', room })
    await cleos[0]!.ask({ type: 'reaction.add', room, seq, emoji: '👍' })
    await cleos[0]!.ask({ type: 'read.mark', room, seq })
    const types = ['typing.changed', 'reaction.added', 'receipt.changed']
    for (const socket of [bens, ...cleos])
      await waitFor('all of it', () => types.every((type) => socket.heard(type).length > 0))
    for (const socket of cleos) await socket.until('the mark', () => socket.heard('read.changed').length > 0)
    const last = await post(nodes.servers[1]!, cleo, room, 'Yes')
    for (const socket of [bens, ...cleos])
      await socket.until('the end', () => socket.events().at(-1)?.seq === last)
    for (const socket of [bens, ...cleos])
      expect(types.map((type) => [type, socket.heard(type).length])).toEqual(types.map((type) => [type, 1]))
    expect(cleos.map((socket) => socket.heard('read.changed').length)).toEqual([1, 1])
    expect(bens.heard('read.changed')).toEqual([])
    for (const socket of [bens, ...cleos]) await socket.close()
  })

  test('in a crowd nobody hears who is typing and who has read what, wherever it is', async () => {
    const [here, there] = nodes.servers
    const room = await makeRoom(here!, ben, [cleo])
    const seq = await post(here!, ben, room, 'So many people')
    const [bens, cleos] = [await enter(0, ben, room), await enter(1, cleo, room)]
    const [row] = await here!.tools.sql.query<{ key: number; id: string; epoch: string }>(
      'select key, id, epoch from rooms where id = $1',
      [room],
    )
    for (let n = 0; n <= mostNamed; n++)
      arrive(there!.tools, row!, { id: crypto.randomUUID(), username: `fan-${n}` } as Somebody)
    await waitFor('the crowd', () => countOnline(here!.tools, row!.key) > mostNamed)
    await bens.ask({ type: 'typing.start', room })
    await cleos.ask({ type: 'read.mark', room, seq })
    await cleos.until('my own mark', () => cleos.heard('read.changed').length > 0)
    const last = await post(here!, ben, room, 'Can you hear me?')
    for (const socket of [bens, cleos]) {
      await socket.until('the end', () => socket.events().at(-1)?.seq === last)
      expect(socket.heard('typing.changed', 'receipt.changed')).toEqual([])
      await socket.close()
    }
  })

  test('a direct message is delivered when the node of its reader has sent it to a socket, and not before', async () => {
    const room = await openDirect()
    const bens = await enter(0, ben, room)
    const first = await post(nodes.servers[0]!, ben, room, 'Psst')
    const ofCleo = (seq: number) => () =>
      bens
        .heard('receipt.changed')
        .find(({ username, delivered_seq }) => username === 'cleo' && delivered_seq >= seq)
    await bens.until('my own', () =>
      bens
        .heard('receipt.changed')
        .some(({ username, delivered_seq }) => username === 'ben' && delivered_seq === first),
    )
    expect(ofCleo(1)()).toBeUndefined()
    const cleos = await enter(1, cleo, room)
    await bens.until('delivered', ofCleo(first))
    const second = await post(nodes.servers[0]!, ben, room, 'There you are')
    await bens.until('delivered', ofCleo(second))
    for (const socket of [bens, cleos]) await socket.close()
  })

  test('slow mode knows what somebody has written on another node', async () => {
    const room = await makeRoom(nodes.servers[0]!, ben, [cleo])
    await rest(nodes.servers[0]!, ben).patch(`/rooms/${room}`, { slow_seconds: 3600 })
    const socket = await enter(1, cleo, room)
    // Node 1 must know the new setting.
    await waitFor('slow mode', async () => {
      const { body } = await rest(nodes.servers[1]!, cleo).get(`/rooms/${room}`)
      return body.slow_seconds === 3600
    })
    const write = (node: number, content: string) =>
      rest(nodes.servers[node]!, cleo).post(`/rooms/${room}/messages`, { content })
    expect((await write(0, 'First')).status).toBe(201)
    await socket.until('the first', () => socket.heard('message.created').length > 0)
    const second = await write(1, 'Second')
    expect([second.status, second.body.reason]).toEqual([429, 'slow_mode'])
    await socket.close()
  })

  test('slow mode knows what somebody wrote in a room that this node has nothing of', async () => {
    const room = await makeRoom(nodes.servers[0]!, ben, [cleo])
    await rest(nodes.servers[0]!, ben).patch(`/rooms/${room}`, { slow_seconds: 3600 })
    const write = (node: number, content: string) =>
      rest(nodes.servers[node]!, cleo).post(`/rooms/${room}/messages`, { content })
    const { body: first } = await write(0, 'First')
    const answers = [
      await write(1, 'Second'),
      await rest(nodes.servers[1]!, cleo).patch(`/rooms/${room}/messages/${first.seq}`, {
        content: 'Edited',
      }),
      await write(1, 'Third'),
    ]
    expect(answers.map(({ status, body }) => [status, body.reason])).toEqual(
      answers.map(() => [429, 'slow_mode']),
    )
    expect(
      (await rest(nodes.servers[1]!, ben).post(`/rooms/${room}/messages`, { content: 'Mine' })).status,
    ).toBe(201)
  })

  test('of texts that are sent on both nodes at the same time, slow mode lets one through', async () => {
    const room = await makeRoom(nodes.servers[0]!, ben, [cleo])
    await rest(nodes.servers[0]!, ben).patch(`/rooms/${room}`, { slow_seconds: 3600 })
    for (const server of nodes.servers)
      await waitFor('slow mode', async () => {
        const { body } = await rest(server, cleo).get(`/rooms/${room}`)
        return body.slow_seconds === 3600
      })
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        rest(nodes.servers[n % 2]!, cleo).post(`/rooms/${room}/messages`, { content: `Text ${n}` }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 429)])
  })
})
