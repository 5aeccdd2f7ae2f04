import { describe, expect, test } from 'bun:test'
import type { Budget } from '../../src/protocol/budgets.ts'
import { commandRows } from '../../src/protocol/command-rows.ts'
import { type CommandName, commands } from '../../src/protocol/commands.ts'
import { defaultLimits } from '../../src/protocol/limits.ts'
import type { Route } from '../../src/protocol/route.ts'
import { routes } from '../../src/protocol/routes.ts'
import { routes as rows } from '../permissions/table.ts'
import { logIn, makeRoom, post, signUp } from '../support/cast.ts'
import { type Answer, type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor, startServer, type TestServer } from '../support/server.ts'
import { meet } from './listener.ts'
import { makeToken } from './tokens.ts'

/** Budgets fill up again so slowly that no machine is slow enough to see it: what a test counts is the burst. */
function barelyRefill({ tools }: TestServer): void {
  const rates = Object.keys(defaultLimits).filter((name) => /_per_(second|minute)$/.test(name))
  const limits = { ...defaultLimits, ...Object.fromEntries(rates.map((name) => [name, 0.001])) }
  Object.assign(tools.policy, { limits })
}

// Only sending was limited: edits, reactions, reads and typing were answered as fast as they came.
await onBothDatabases((database) => {
  const at = serverFor({ database, settings: { RATE_LIMITS: 'on' } }, async (server) => {
    barelyRefill(server)
    const [ben, cleo] = (await meet(server, 'ben', 'cleo')) as [Person, Person]
    return { ben, cleo, room: await makeRoom(server, ben, [cleo]) }
  })
  const fresh = async (name: string) => (await meet(at().server, name))[0] as Person
  const times = <Made>(count: number, make: (n: number) => Promise<Made>) =>
    Promise.all(Array.from({ length: count }, (_, n) => make(n)))
  const slowed = (answers: { code?: string }[]) =>
    answers.filter(({ code }) => code === 'rate_limited').length

  describe.each(eachDoor)('by %s', (door) => {
    test('edits, reactions, pins, deletions and joins share a budget of their user', async () => {
      const { server, room } = at()
      const eve = await fresh('eve')
      await rest(server, eve).put(`/rooms/${room}/members/me`, {})
      const seq = await post(server, eve, room, 'First')
      const client = await clientOver(door, server, eve)
      const edits = await times(defaultLimits.writes_burst + 60, (n) => client.edit(room, seq, `Edit ${n}`))
      // One for joining.
      expect(slowed(edits)).toBe(61)
      const others = await Promise.all([
        client.react(room, seq, '👍'),
        client.unreact(room, seq, '👍'),
        client.pin(room, seq),
        client.remove(room, seq),
        client.join(room),
        client.read(room, seq),
      ])
      expect(slowed(others)).toBe(others.length)
      // Another kind has a budget of its own, and so has another person.
      expect(await client.send(room, { content: 'Still here' })).toHaveProperty('data')
      const cleos = await clientOver(door, server, at().cleo)
      expect(await cleos.join(room)).toHaveProperty('data')
      await client.close()
      await cleos.close()
    })

    test('so do reads', async () => {
      const { server, room } = at()
      const eve = await fresh('eve')
      await rest(server, eve).put(`/rooms/${room}/members/me`, {})
      const client = await clientOver(door, server, eve)
      const pages = await times(defaultLimits.reads_burst + 150, () => client.list(room, { limit: 1 }))
      expect(slowed(pages)).toBeGreaterThanOrEqual(150)
      await client.close()
    })

    test('slow mode counts an edit as it counts a message', async () => {
      const { server, ben } = at()
      const [eve] = (await meet(server, 'eve')) as [Person]
      const room = await makeRoom(server, ben, [eve])
      const client = await clientOver(door, server, eve)
      const { data } = await client.send(room, { content: 'Before' })
      await rest(server, ben).patch(`/rooms/${room}`, { slow_seconds: 60 })
      const edits = await times(10, (n) => client.edit(room, data!.seq, `Edit ${n}`))
      expect(edits.filter((each) => each.data).length).toBe(1)
      expect(edits.filter(({ reason }) => reason === 'slow_mode').length).toBe(9)
      expect(await client.send(room, { content: 'After' })).toMatchObject({ reason: 'slow_mode' })
      // A refused edit of somebody else's message does not count, and who moderates is not slowed.
      const bens = await clientOver(door, server, ben)
      const one = (await bens.send(room, { content: 'One' })).data!
      for (let n = 0; n < 3; n++) expect(await bens.edit(room, one.seq, `${n}`)).toHaveProperty('data')
      await client.close()
      await bens.close()
    })
  })

  test('the two doors and every API token of a user share one budget', async () => {
    const { server, room, ben } = at()
    const tokens = await times(3, () => makeToken(server, ben))
    const socket = await socketOf(server, ben)
    const asks = times(120, () => socket.ask({ type: 'message.list', room }))
    const gets = await times(150, (n) => rest(server, tokens[n % 3]).get(`/rooms/${room}/messages`))
    const answers = [...(await asks), ...gets.map(({ body }) => body)]
    expect(slowed(answers as { code?: string }[])).toBeGreaterThanOrEqual(70)
    await socket.close()
  })

  test('rooms, members, invites, webhooks, tokens and blocks are limited together', async () => {
    const { server } = at()
    const [mallory, victim] = (await meet(server, 'mallory', 'victim')) as [Person, Person]
    const api = rest(server, mallory)
    const made = await times(defaultLimits.creations_burst + 40, () =>
      api.post('/rooms', { id: `room-${crypto.randomUUID()}` }),
    )
    const refused = made.filter(({ status }) => status === 429)
    expect(refused.length).toBe(40)
    expect(refused[0]!.body).toMatchObject({
      ...{ code: 'rate_limited', reason: 'too_many_creations', retry_after_ms: expect.any(Number) },
    })
    const room = made.find(({ status }) => status === 201)!.body.id
    const others = await Promise.all([
      api.put(`/rooms/${room}/members/${victim.username}`, {}),
      api.post(`/rooms/${room}/invites`, {}),
      api.post(`/rooms/${room}/webhooks`, { name: 'hook' }),
      api.post('/tokens', { name: 'ci', scopes: ['read'] }),
      api.put(`/users/me/blocks/${victim.username}`, {}),
      api.post('/directs', { usernames: [victim.username] }),
      api.post('/auth/ticket'),
    ])
    expect(others.filter(({ status }) => status === 429).length).toBe(others.length)
  })

  test('a copied session cannot keep its user from ending it', async () => {
    const { server } = at()
    const eve = await signUp(server, `eve-${crypto.randomUUID().slice(0, 8)}`)
    const stolen = await logIn(server, eve.username)
    const flood = await times(100, () => rest(server, stolen).get('/auth/sessions'))
    expect(flood.filter(({ status }) => status === 429).length).toBeGreaterThan(10)
    const { body } = await rest(server, eve).get('/auth/sessions')
    const other = body.items.find(({ current }: { current: boolean }) => !current)
    expect((await rest(server, eve).delete(`/auth/sessions/${other.id}`)).status).toBe(204)
  })

  test('typing and pings over the limit are refused, and a client that goes on is closed with 4502', async () => {
    const { server, cleo, room } = at()
    const socket = await socketOf(server, cleo)
    await socket.next('hello')
    const typing = await times(200, () => socket.ask({ type: 'typing.start', room }))
    expect(slowed(typing as { code?: string }[])).toBe(100)
    for (let n = 0; n < 3000; n++) socket.send({ type: 'ping' })
    expect(await socket.ending()).toMatchObject({ code: 4502 })
  })

  test('hello tells every limit', async () => {
    const { server, cleo } = at()
    const socket = await socketOf(server, cleo)
    expect((await socket.next('hello')).limits).toEqual(server.tools.policy.limits)
    await socket.close()
  })

  test('at most ten tickets of a user are valid, and other users’ tickets are not affected', async () => {
    const { server } = at()
    const [ben, mallory] = (await meet(server, 'ben', 'mallory')) as [Person, Person]
    const bens = (await rest(server, ben).post('/auth/ticket')).body.ticket
    const own: Answer[] = await times(50, () => rest(server, mallory).post('/auth/ticket'))
    const given = own.map(({ body }) => body.ticket).filter(Boolean)
    const opened = await Promise.all(
      given.map((ticket) => socketOf(server, { token: '' }, `/ws?ticket=${ticket}`).catch(() => undefined)),
    )
    expect(opened.filter(Boolean).length).toBe(10)
    const socket = await socketOf(server, { token: '' }, `/ws?ticket=${bens}`)
    expect((await socket.next('hello')).user.username).toBe(ben.username)
    for (const each of [socket, ...opened]) await each?.close()
  })
})

/** Every route and every command with a budget of this kind, with an input that passes its schema. */
describe('every verb has its budget', () => {
  const at = serverFor({ database: 'postgres', settings: { RATE_LIMITS: 'on' } }, async (server) => {
    barelyRefill(server)
    const [eve] = (await meet(server, 'eve')) as [Person]
    return { eve }
  })
  const drain: { [Kind in Budget]?: (api: ReturnType<typeof rest>) => Promise<Answer> } = {
    write: (api) => api.put('/rooms/nowhere/pins/1'),
    read: (api) => api.get('/rooms/nowhere'),
    create: (api) => api.post('/rooms/nowhere/invites', {}),
    message: (api) => api.post('/rooms/nowhere/messages', { content: 'x' }),
    account: (api) => api.delete('/tokens/nothing'),
  }
  const filled: Record<string, string> = {
    ...{
      room: 'nowhere',
      seq: '1',
      emoji: encodeURIComponent('👍'),
      role: 'admin',
      id: 'none',
      code: 'none',
    },
    username: 'nobody',
  }
  const bodies: Record<string, object> = {
    'PUT /users/me/password': { current_password: 'x', new_password: 'y' },
    'PUT /rooms/:room/members/:username/silence': { until: '2030-01-01T00:00:00.000Z' },
  }
  const budgetOf = ({ budget }: Route): Budget | undefined =>
    typeof budget === 'object' ? budget.others : budget

  for (const kind of Object.keys(drain) as Budget[])
    test(`of the kind ${kind}`, async () => {
      const { server, eve } = at()
      const api = rest(server, eve)
      for (let status = 0; status !== 429; ) ({ status } = await drain[kind]!(api))
      const passed: string[] = []
      for (const [name, route] of Object.entries<Route>(routes)) {
        if (budgetOf(route) !== kind) continue
        const [method, path] = name.split(' ') as [string, string]
        const row = [rows[name as keyof typeof rows]].flat()[0]!
        const body = route.body && (bodies[name] ?? row.body ?? {})
        const answer = await api.call(
          method,
          path.replace(/:(\w+)/g, (_, each) => filled[each]!),
          body,
        )
        if (answer.status !== 429) passed.push(`${name} ${answer.status} ${answer.body?.reason}`)
      }
      expect(passed).toEqual([])
    })

  test('and every command is in the table', () => {
    expect(Object.keys(commandRows).sort()).toEqual(Object.keys(commands).sort() as CommandName[])
  })
})

describe('webhooks', () => {
  test('a right secret is limited by its webhook, wrong ones by their address', async () => {
    const server = await startServer({ database: 'postgres', settings: { RATE_LIMITS: 'on' } })
    barelyRefill(server)
    const [ben] = (await meet(server, 'ben')) as [Person]
    const room = await makeRoom(server, ben)
    const hook = (await rest(server, ben).post(`/rooms/${room}/webhooks`, { name: 'CI' })).body
    const say = (url: string) =>
      fetch(url, { method: 'POST', body: JSON.stringify({ text: 'Deployed' }) }).then(({ status }) => status)
    const guesses = await Promise.all(
      Array.from({ length: 300 }, (_, n) => say(`${server.url}/hooks/guess-${n}`)),
    )
    expect(guesses.filter((status) => status === 404).length).toBeLessThan(90)
    expect(guesses.filter((status) => status === 429).length).toBeGreaterThan(150)
    expect(await say(hook.url)).toBe(200)
    const many = await Promise.all(Array.from({ length: 100 }, () => say(hook.url)))
    expect(many.filter((status) => status === 429).length).toBe(61)
    await server.stop()
  })
})
