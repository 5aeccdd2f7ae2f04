import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { makeRoom, post, signUp } from '../support/cast.ts'
import { socketOf } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

describe.skipIf(!(await postgresForTests()))('two nodes', () => {
  let nodes: Nodes
  beforeAll(async () => {
    nodes = await startNodes(linkedBuses(2).buses)
  })
  afterAll(async () => nodes?.stop())

  test('each hears what is said on the other, in order', async () => {
    const [here, there] = nodes.servers
    const ben = await signUp(here!, 'ben')
    const cleo = await signUp(there!, 'cleo')
    const room = await makeRoom(here!, ben)
    const listeners = [await socketOf(here!, ben), await socketOf(there!, cleo)]
    await listeners[1]!.ask({ type: 'room.join', room })
    for (const listener of listeners) await listener.ask({ type: 'room.subscribe', room })
    const sent: string[] = []
    for (let round = 0; round < 10; round++) {
      for (const [server, author] of [
        [here!, ben],
        [there!, cleo],
      ] as const) {
        await post(server, author, room, `${author.username} ${round}`)
        sent.push(`${author.username} ${round}`)
      }
    }
    for (const listener of listeners) {
      const contents = () => listener.heard('message.created').map(({ message }) => message.content)
      await listener.until('the last one', () => contents().length === sent.length)
      expect(contents()).toEqual(sent)
      await listener.close()
    }
  })

  test('a node that has not written for a long time goes on at the end, and its people hear everything once', async () => {
    const [here, there] = nodes.servers
    const dan = await signUp(here!, 'dan')
    const room = await makeRoom(here!, dan)
    await post(here!, dan, room, 'The first')
    const listener = await socketOf(here!, dan)
    await listener.ask({ type: 'room.subscribe', room })
    const sent = Array.from({ length: 700 }, (_, n) => `There ${n}`)
    await Promise.all(sent.map((content) => post(there!, dan, room, content)))
    await post(here!, dan, room, 'The last')
    const heard = () => listener.heard('message.created')
    await listener.until('the last one', () => heard().at(-1)?.message.content === 'The last')
    expect(heard()).toHaveLength(701)
    expect(heard().map(({ seq }) => seq)).toEqual(heard().map((_, n) => heard()[0]!.seq + n))
    await listener.close()
  })
})
