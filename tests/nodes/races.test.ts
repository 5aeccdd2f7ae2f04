import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { acquaint, logIn, makeRoom, signUp } from '../support/cast.ts'
import { type Answer, type Person, rest } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

describe.skipIf(!(await postgresForTests()))('on three nodes at the same moment', () => {
  let nodes: Nodes
  let ada: Person
  const at = (index: number) => nodes.servers[index % 3]!
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
  const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort()
  const reasons = (answers: Answer[]) => answers.flatMap(({ body }) => body?.reason ?? [])

  beforeAll(async () => {
    nodes = await startNodes(linkedBuses(3).buses)
    const codes = nodes.servers.map(({ setupLink }) => setupLink?.split('#setup=')[1])
    expect(new Set(codes).size).toBe(1)
    const answers = await Promise.all(
      upTo(3).map((n) =>
        rest(at(n)).post('/auth/setup', {
          username: `ada${n}`,
          password: 'a long password of ada',
          code: codes[0],
        }),
      ),
    )
    expect(statuses(answers)).toEqual([201, 403, 403])
    const { body } = answers.find(({ status }) => status === 201)!
    ada = { ...body.user, token: body.access_token, refreshToken: body.refresh_token }
  })
  afterAll(async () => nodes?.stop())

  test('an invite for two lets two in', async () => {
    const ben = await signUp(at(0), 'ben')
    const room = await makeRoom(at(0), ben, [], { access: 'closed' })
    const { code } = (await rest(at(0), ben).post(`/rooms/${room}/invites`, { max_uses: 2 })).body
    const people = await Promise.all(upTo(9).map((n) => signUp(at(n), `guest${n}`)))
    const answers = await Promise.all(
      people.map((person, n) => rest(at(n), person).post(`/invites/${code}/accept`)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2)
    expect((await rest(at(1), ben).get(`/rooms/${room}/members`)).body.items).toHaveLength(3)
  })

  test('a name is given once', async () => {
    const answers = await Promise.all(
      upTo(6).map((n) =>
        rest(at(n)).post('/auth/signup', {
          username: 'eve',
          email: `eve${n}@example.org`,
          password: 'a long password of eve',
        }),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  test('a room keeps an owner, when all of them leave or step down', async () => {
    const owners = await Promise.all(upTo(3).map((n) => signUp(at(n), `owner${n}`)))
    await acquaint(at(0), ...owners)
    for (let round = 0; round < 5; round++) {
      const room = await makeRoom(at(0), owners[0]!, owners.slice(1))
      for (const { username } of owners.slice(1))
        await rest(at(0), owners[0]).put(`/rooms/${room}/members/${username}`, { role: 'owner' })
      const answers = await Promise.all(
        owners.map((owner, n) =>
          n === 1
            ? rest(at(n), owner).put(`/rooms/${room}/members/${owner.username}`, { role: 'member' })
            : rest(at(n), owner).delete(`/rooms/${room}/members/me`),
        ),
      )
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(2)
      expect(reasons(answers)).toEqual(['last_owner'])
    }
  })

  test('the community keeps an administrator', async () => {
    const admins = [
      ada,
      ...(await Promise.all(upTo(2).map((n) => signUp(at(n), ['walter', 'philippa'][n]!)))),
    ]
    for (const { username } of admins.slice(1)) await rest(at(0), ada).put(`/users/${username}/roles/admin`)
    const answers = await Promise.all(
      admins.map((admin, n) => rest(at(n), admin).delete(`/users/${admin.username}/roles/admin`)),
    )
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(2)
    expect(reasons(answers)).toEqual(['last_admin'])
  })

  test('a client_id is one message with one seq', async () => {
    const dan = await signUp(at(0), 'dan')
    const room = await makeRoom(at(0), dan)
    for (let round = 0; round < 10; round++) {
      const message = { content: 'once', client_id: `once-${round}` }
      const answers = await Promise.all(
        upTo(3).map((n) => rest(at(n), dan).post(`/rooms/${room}/messages`, message)),
      )
      expect(answers.every(({ body }) => body.seq > 0)).toBe(true)
      expect(new Set(answers.map(({ body }) => body.seq)).size).toBe(1)
    }
    const { items } = (await rest(at(2), dan).get(`/rooms/${room}/messages`)).body
    expect(items).toHaveLength(10)
  })

  test('an invitation is accepted once', async () => {
    const [host, fay] = [await signUp(at(0), 'host'), await signUp(at(1), 'fay')]
    const room = await makeRoom(at(0), host, [], { access: 'closed' })
    await rest(at(0), host).put(`/rooms/${room}/members/fay`, {})
    const answers = await Promise.all(
      upTo(3).map((n) => rest(at(n), fay).post(`/users/me/invitations/${room}/accept`)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const { items } = (await rest(at(2), host).get(`/rooms/${room}/log`)).body
    expect(items.filter(({ type }: { type: string }) => type === 'member.joined')).toHaveLength(2)
  })

  test('a refresh token gives one next token, and its reuse ends the session on every node', async () => {
    await signUp(at(0), 'gil')
    const gil = await logIn(at(0), 'gil')
    const refresh = (n: number, token: string) => rest(at(n)).post('/auth/refresh', { refresh_token: token })
    const answers = await Promise.all(upTo(3).map((n) => refresh(n, gil.refreshToken)))
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1)
    const next = await refresh(1, answers[0]!.body.refresh_token)
    expect(next.status).toBe(200)
    expect(reasons(await Promise.all(upTo(3).map((n) => refresh(n, gil.refreshToken))))).toEqual(
      upTo(3).map(() => 'session_ended'),
    )
    expect((await refresh(2, next.body.refresh_token)).body.reason).toBe('session_ended')
  })
})
