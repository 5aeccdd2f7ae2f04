import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { passwordOf, setUp, signUp } from '../support/cast.ts'
import { openSocket, rest, tryUpgrade } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

describe.skipIf(!(await postgresForTests()))('on three nodes', () => {
  let nodes: Nodes
  let ben: { token: string }
  beforeAll(async () => {
    nodes = await startNodes(linkedBuses(3).buses)
    ben = await signUp(nodes.servers[0]!, 'ben')
  })
  afterAll(async () => nodes?.stop())

  const ticketOf = async (node: number): Promise<string> =>
    (await rest(nodes.servers[node]!, ben).post('/auth/ticket')).body.ticket
  const use = async (node: number, ticket: string): Promise<number> =>
    (await tryUpgrade(nodes.servers[node]!, `/ws?ticket=${ticket}`)).status
  const stored = async (): Promise<number> =>
    (await nodes.servers[0]!.tools.sql.query('select hash from tickets')).length

  test('a ticket of one opens a socket on another', async () => {
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 2],
    ] as const) {
      const socket = await openSocket(`${nodes.servers[to]!.url}/ws?ticket=${await ticketOf(from)}`)
      expect((await socket.next('hello')).user.username).toBe('ben')
      await socket.close()
    }
    expect(await stored()).toBe(0)
  })

  test('one of a hundred parallel uses of the same ticket succeeds', async () => {
    const ticket = await ticketOf(0)
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, n) => use(n % 3, ticket)))
    expect(statuses.filter((status) => status === 101)).toHaveLength(1)
    expect(statuses.filter((status) => status === 401)).toHaveLength(99)
  })

  test('the newest ten tickets of a person work, for 30 s', async () => {
    const tickets: string[] = []
    for (let n = 0; n < 12; n++) tickets.push(await ticketOf(n % 3))
    expect(await stored()).toBe(10)
    expect([await use(1, tickets[0]!), await use(1, tickets[1]!), await use(1, tickets[2]!)]).toEqual([
      401, 401, 101,
    ])
    await nodes.servers[0]!.tools.sql.query(
      "update tickets set created_at = created_at - interval '31 seconds'",
    )
    expect(await use(0, tickets[11]!)).toBe(401)
    await ticketOf(2)
    expect(await stored()).toBe(1)
  })

  test('the set-up link of each is the same, and makes one administrator', async () => {
    const codes = nodes.servers.map(({ setupLink }) => setupLink?.split('#setup=')[1])
    expect(codes[0]).toBeDefined()
    expect(new Set(codes).size).toBe(1)
    const drafts = ['ada', 'eve', 'ivy'].map((username) => ({
      ...{ username, email: `${username}@example.org`, password: passwordOf(username), code: codes[0] },
    }))
    const answers = await Promise.all(
      drafts.map((draft, n) => rest(nodes.servers[n]!).post('/auth/setup', draft)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403])
    const admins = await nodes.servers[0]!.tools.sql.query("select id from users where role = 'admin'")
    expect(admins).toHaveLength(1)
    expect(setUp({ url: nodes.servers[1]!.url, setupCode: codes[1] }, 'late')).rejects.toThrow('forbidden')
  })
})
