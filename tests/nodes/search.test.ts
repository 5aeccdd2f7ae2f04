import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { indexed } from '../support/indexed.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

describe.skipIf(!(await postgresForTests()))('the index of two nodes', () => {
  const linked = linkedBuses(2)
  let nodes: Nodes
  let ben: Person
  beforeAll(async () => {
    nodes = await startNodes(linked.buses)
    ben = await signUp(nodes.servers[0]!, 'ben')
  })
  afterAll(async () => nodes?.stop())

  const found = async (node: number, q: string): Promise<number> => {
    const { body } = await rest(nodes.servers[node]!, ben).get(
      `/search?${new URLSearchParams({ q, limit: '100' })}`,
    )
    return body.items.length
  }

  test('has what each node wrote to the same rooms, for people at both', async () => {
    const [here, there] = nodes.servers
    const rooms = await Promise.all(Array.from({ length: 5 }, () => makeRoom(here!, ben)))
    for (let round = 0; round < 10; round++)
      await Promise.all(
        rooms.flatMap((room) => [
          post(here!, ben, room, `osprey here ${round}`),
          post(there!, ben, room, `osprey there ${round}`),
        ]),
      )
    const seq = await post(here!, ben, rooms[0]!, 'osprey that is changed')
    await rest(there!, ben).patch(`/rooms/${rooms[0]}/messages/${seq}`, { content: 'a harrier instead' })
    await indexed(here!)
    for (const node of [0, 1]) {
      expect(await found(node, 'osprey')).toBe(100)
      expect(await found(node, 'osprey there')).toBe(50)
      expect(await found(node, 'harrier')).toBe(1)
      expect(await found(node, 'that is changed')).toBe(0)
    }
    const twice = await here!.tools.sql.query(
      'select 1 from search_words group by room_key, seq having count(*) > 1',
    )
    expect(twice).toEqual([])
  })

  test('has it too when they do not hear each other', async () => {
    const [here, there] = nodes.servers
    const room = await makeRoom(here!, ben)
    linked.cut()
    for (let round = 0; round < 5; round++) {
      await post(here!, ben, room, `shrike ${round}`)
      await post(there!, ben, room, `shrike ${round}`)
    }
    await indexed(here!)
    linked.mend()
    for (const node of [0, 1]) expect(await found(node, 'shrike')).toBe(10)
  })
})
