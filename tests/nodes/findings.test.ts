import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { operate } from '../../src/operator/operator.ts'
import { makeRoom, post, setUp, signUp } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

/* Each node had what it noticed for itself: an administrator saw another list with each request, and accepted one of them. */
describe.skipIf(!(await postgresForTests()))('what one of several nodes has noticed', () => {
  const linked = linkedBuses(2)
  let nodes: Nodes
  let ada: Person
  let ben: Person
  const at = (index: number) => nodes.servers[index]!
  const caller = { report() {}, write: async () => {}, signal: new AbortController().signal }

  beforeAll(async () => {
    nodes = await startNodes(linked.buses)
    const { url, setupLink } = at(0)
    ada = await setUp({ url, setupCode: setupLink!.split('#setup=')[1]! }, 'ada')
    ben = await signUp(at(0), 'ben')
  })
  afterAll(async () => nodes?.stop())

  const listed = async (index: number): Promise<string[]> =>
    (await rest(at(index), ada).get('/findings')).body.items.map(
      ({ what, room, seq }: { what: string; room: string; seq: number }) => `${what} ${room} ${seq}`,
    )
  const query = (text: string, values: unknown[] = []) => at(0).tools.sql.query(text, values)

  /** A room in which the first node has come across a hole. */
  async function holed(): Promise<string> {
    const room = await makeRoom(at(0), ben)
    for (const text of ['one', 'two', 'three']) await post(at(0), ben, room, text)
    await query('delete from log where seq = 3 and room_key = (select key from rooms where id = $1)', [room])
    await rest(at(0), ben).get(`/rooms/${room}/log`)
    return room
  }

  test('is listed by each, and accepted on one of them for all, also while the bus is away', async () => {
    const room = await holed()
    const hole = `hole ${room} 3`
    await waitFor('the other node to list it', async () => (await listed(1)).includes(hole))
    expect((await listed(1)).toSorted()).toEqual((await listed(0)).toSorted())
    linked.cut()
    await operate(at(1).tools, 'verify.accept', {}, caller)
    expect(await listed(1)).toEqual([])
    expect(await listed(0)).toEqual([])
    linked.mend()
  })

  test('cannot be accepted, nor forgotten, by who changes the database', async () => {
    const room = await holed()
    await waitFor('the other node to list it', async () => (await listed(1)).length > 0)
    await query('update findings set accepted = true')
    expect(await listed(0)).toContain(`hole ${room} 3`)
    await query('delete from findings')
    expect(await listed(0)).toContain(`hole ${room} 3`)
    await operate(at(0).tools, 'verify.accept', {}, caller)
    expect([await listed(0), await listed(1)]).toEqual([[], []])
  })
})
