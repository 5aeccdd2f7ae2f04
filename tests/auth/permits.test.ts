import { describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import { commandRows } from '../../src/protocol/command-rows.ts'
import { commands } from '../../src/protocol/commands.ts'
import type { Permit, Route } from '../../src/protocol/route.ts'
import { routes as table } from '../../src/protocol/routes.ts'
import type { TokenScope } from '../../src/protocol/tokens.ts'
import { listener } from '../features/listener.ts'
import { aSubscription } from '../permissions/table.ts'
import { cast, makeRoom, post, signUp } from '../support/cast.ts'
import { rest, socketOf, tryUpgrade } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

type Operations = Record<string, { security?: unknown[] }>
const scopes: TokenScope[] = ['read', 'write', 'rooms', 'admin']
const routePermits = Object.fromEntries(
  Object.entries<Route>(table).flatMap(([name, { permit }]) =>
    permit === undefined ? [] : [[name, permit]],
  ),
)
const person = 'token_not_allowed'

await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => {
    const people = await cast(server)
    const { body } = await rest(server).get('/swagger/json')
    const routes = Object.entries(body.paths as Record<string, Operations>).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { security }]) => (security?.length ?? 0) > 0)
        .map(([method]) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`)
        .filter((name) => !name.startsWith('GET /ws')),
    )
    const tokenOf = async (...held: TokenScope[]) => {
      const made = await rest(server, people.ada).post('/tokens', { name: 'A script', scopes: held })
      return { token: made.body.token as string }
    }
    return { ...people, routes, tokenOf }
  })
  const ask = (server: { url: string }, token: { token: string }, route: string, path?: string) => {
    const [method, pattern] = route.split(' ') as [string, string]
    const filled = { room: 'nowhere', seq: '1', role: 'user' } as Record<string, string>
    const place = (path ?? pattern).replace(/:(\w+)/g, (_, name: string) => filled[name] ?? 'x')
    return rest(server, token).call(method, place, bodyOf[route])
  }

  test('every protected route and every command says what a token needs', () => {
    expect(Object.keys(routePermits).sort()).toEqual(at().routes.toSorted())
    expect(Object.keys(commandRows).sort()).toEqual(Object.keys(commands).sort())
  })

  test('on every route a token needs exactly one scope: without it, it is refused, with it alone, it passes', async () => {
    const { server, routes, tokenOf } = at()
    const every = await tokenOf(...scopes)
    const [only, without] = [new Map<string, { token: string }>(), new Map<string, { token: string }>()]
    for (const scope of scopes) {
      only.set(scope, await tokenOf(scope))
      without.set(scope, await tokenOf(...scopes.filter((each) => each !== scope)))
    }
    for (const route of routes) {
      const permit = routePermits[route]!
      const cases =
        typeof permit === 'object'
          ? [
              [permit.me, '/rooms/nowhere/members/me'],
              [permit.others, '/rooms/nowhere/members/cleo'],
            ]
          : [[permit, undefined]]
      for (const [needed, path] of cases as [Permit, string | undefined][]) {
        if (needed === 'person') {
          const response = await ask(server, every, route, path)
          expect([route, response.status, response.body.reason]).toEqual([route, 403, person])
          continue
        }
        const refused = await ask(server, without.get(needed)!, route, path)
        expect([route, refused.status, refused.body.reason, refused.body.params]).toEqual([
          ...[route, 403, 'token_lacks_scope'],
          { scope: needed },
        ])
        const response = await ask(server, only.get(needed)!, route, path)
        expect([route, response.body?.reason]).not.toEqual([route, 'token_lacks_scope'])
        expect([route, response.body?.reason]).not.toEqual([route, person])
        expect([route, response.status < 500]).toEqual([route, true])
      }
    }
  })

  test('the same on the socket, for every command', async () => {
    const { server, ada, tokenOf } = at()
    const room = await makeRoom(server, ada)
    const seq = await post(server, ada, room, 'Words')
    const [reader, speaker] = [
      await socketOf(server, await tokenOf('read')),
      await socketOf(server, await tokenOf('read', 'write')),
    ]
    for (const [type, { permit: needed }] of Object.entries(commandRows)) {
      const { properties } = commands[type as keyof typeof commands]
      const filled: Record<string, unknown> = {
        ...{
          room,
          seq,
          content: 'Words',
          emoji: '👍',
          preview: 'none',
          usernames: ['cleo'],
          token: 'x',
          favourite: true,
          section: null,
          order: 'activity',
          read_seq: 1,
          q: 'harbour',
          keywords: ['x'],
        },
      }
      const params = Object.fromEntries(
        Object.keys(properties).flatMap((name) => (name in filled ? [[name, filled[name]]] : [])),
      )
      const [one, other] = [
        await reader.ask({ type, ...params }),
        await speaker.ask({ type, ...params, ...(type === 'room.leave' ? { room: 'nowhere' } : {}) }),
      ]
      if (needed === 'person') expect([type, one.reason, other.reason]).toEqual([type, person, person])
      else expect([type, one.params?.scope === 'write']).toEqual([type, needed === 'write'])
      expect([type, other.reason]).not.toEqual([type, 'token_lacks_scope'])
    }
    await Promise.all([reader.close(), speaker.close()])
  })

  test('without `read` a socket is refused, and without `write` a socket does not join by itself', async () => {
    const { server, ben, tokenOf } = at()
    const room = await makeRoom(server, ben)
    const [writer, reader, both] = [
      await tokenOf('write'),
      await tokenOf('read'),
      await tokenOf('read', 'write'),
    ]
    for (const path of ['/ws', `/ws/${room}`, `/ws/${room}?token=${writer.token}`]) {
      const headers = path.includes('?') ? {} : { authorization: `Bearer ${writer.token}` }
      expect((await tryUpgrade(server, path, headers)).status).toBe(403)
    }
    const status = async (token: string) => (await tryUpgrade(server, `/ws/${room}?token=${token}`)).status
    expect([await status(reader.token), await status(both.token), await status(reader.token)]).toEqual([
      403, 101, 101,
    ])
  })

  describe('an administrator’s token without `admin`', () => {
    test('has no administrator power over rooms or people', async () => {
      const { server, ben, tokenOf } = at()
      const closed = await makeRoom(server, ben, [], { access: 'closed' })
      const open = await makeRoom(server, ben)
      const [plain, full] = [await tokenOf('read', 'write', 'rooms'), await tokenOf(...scopes)]
      const find = async (token: { token: string }, room: string) =>
        (await rest(server, token).get(`/rooms/${room}`)).status
      for (const room of [closed, 'admin_room']) {
        expect([room, await find(plain, room), await find(full, room)]).toEqual([room, 404, 200])
      }
      const ids = async (token: { token: string }) =>
        (await rest(server, token).get('/rooms')).body.items.map(({ id }: { id: string }) => id)
      expect(await ids(plain)).not.toContain(closed)
      expect(await ids(full)).toContain(closed)
      const title = { title: 'Taken over' }
      expect((await rest(server, plain).patch(`/rooms/${open}`, title)).status).toBe(403)
      expect((await rest(server, full).patch(`/rooms/${open}`, title)).status).toBe(200)
      expect((await rest(server, plain).get('/users/ben')).body.email).toBeUndefined()
      expect((await rest(server, full).get('/users/ben')).body.email).toBe('ben@example.org')
    })

    test('receives nothing of rooms for administrators, although its user does', async () => {
      const { server, ada, tokenOf } = at()
      const ann = await signUp(server, 'ann')
      await rest(server, ada).put(`/users/${ann.username}/roles/admin`)
      const [plain, full, own] = [
        await listener(server, await tokenOf('read', 'write')),
        await listener(server, await tokenOf('read', 'admin')),
        await listener(server, ada),
      ]
      const room = await makeRoom(server, ann, [ada], { access: 'admins' })
      const seq = await post(server, ann, room, 'Only for us, @ada')
      await own.next('mention.created')
      await rest(server, ada).put(`/rooms/${room}/read`, { seq })
      await rest(server, ann).delete(`/rooms/${room}/members/ada`)
      await rest(server, ann).put(`/rooms/${room}/members/ada`, {})
      await rest(server, ann).delete(`/rooms/${room}`)
      const expected = [
        `room.opened ${room}`,
        `mention.created ${seq} by ann`,
        `read.changed ${seq}, 0 unread`,
        `room.closed ${room} removed`,
        `room.opened ${room}`,
        `room.closed ${room} deleted`,
      ]
      expect(await own.newEvents()).toEqual(expected)
      expect(await full.newEvents()).toEqual(expected)
      const other = await makeRoom(server, ann, [ada])
      await plain.next('room.opened')
      expect(await plain.newEvents()).toEqual([`room.opened ${other}`])
      await Promise.all([plain, full, own].map((each) => each.close()))
    })

    test('creates no accounts: no second administrator, and none where sign-ups are closed', async () => {
      const { server, tokenOf } = at()
      const draft = (username: string) => ({
        ...{ username, email: `${username}@example.org`, password: `the password of ${username}` },
        role: 'admin',
      })
      const made = async (token: { token: string }, name: string) =>
        (await rest(server, token).post('/auth/signup', draft(name))).status
      expect(await made(await tokenOf('read', 'write', 'rooms'), 'eve')).toBe(422)
      expect(await made(await tokenOf('admin'), 'eve')).toBe(403)
    })

    test('can create users, but no administrator, whose power would outlive the token', async () => {
      const { server, ada, tokenOf } = at()
      const token = await tokenOf('read', 'write', 'rooms', 'admin')
      const asToken = rest(server, token)
      const draft = { username: 'mallory', email: 'mallory@example.org', password: 'the password of mallory' }
      const refused = [403, 'forbidden', 'token_not_allowed']
      const asked = [
        await asToken.post('/auth/signup', { ...draft, role: 'admin' }),
        await asToken.put('/users/ben/roles/admin'),
        await asToken.post('/bots', { username: 'lasting' }),
        await asToken.post('/tokens', { name: 'another', scopes: ['admin'] }),
        await asToken.post('/auth/ticket'),
      ]
      expect(asked.map(({ status, body }) => [status, body.code, body.reason])).toEqual(
        asked.map(() => refused),
      )
      expect((await rest(server, ada).get('/users/mallory')).status).toBe(404)
      expect((await rest(server, ada).get('/users/ben')).body.roles).toEqual(['user'])
      expect((await asToken.post('/auth/signup', draft)).status).toBe(201)
    })
  })
})

test('administrator power is only checked by isAdmin, which knows tokens', async () => {
  const askers: string[] = []
  for (const path of new Glob('src/**/*.ts').scanSync()) {
    if (/\bactor\.admin\b/.test(await Bun.file(path).text())) askers.push(path)
  }
  expect(askers).toEqual(['src/scope.ts'])
})

/** Enough to pass the check of the body, where one is needed to be let past it. */
const bodyOf: Record<string, object> = {
  'PUT /rooms/:room/messages/:seq/thread/read': { read_seq: 1 },
  'PATCH /users/me/arrangement': { order: 'activity' },
  'PUT /users/me/keywords': { keywords: ['x'] },
  'POST /tokens': { name: 'x', scopes: ['read'] },
  'POST /rooms/:room/messages/:seq/report': { reason: 'x' },
  'PATCH /reports/:id': { state: 'resolved' },
  'POST /bots': { username: 'made-by-a-token' },
  'POST /users': { username: 'made-by-a-token' },
  'PATCH /community': { name: 'x' },
  'POST /bots/:username/tokens': { name: 'x', scopes: ['read'] },
  'PATCH /users/me': { display_name: 'x' },
  'PATCH /users/me/mail': { new_device: false },
  'PATCH /users/:username': { display_name: 'x' },
  'PUT /users/me/password': { current_password: 'x', new_password: 'x' },
  'PUT /users/:username/roles/:role': {},
  'POST /rooms': { access: 'closed' },
  'PATCH /rooms/:room': { title: 'x' },
  'POST /rooms/:room/messages': { content: 'x' },
  'POST /rooms/:room/files': { a: 'file' },
  'PUT /rooms/:room/avatar': { a: 'file' },
  'PUT /users/me/avatar': { a: 'file' },
  'PATCH /files/:file': { alt: 'A boat' },
  'PATCH /rooms/:room/messages/:seq': { content: 'x' },
  'PUT /rooms/:room/read': { seq: 1 },
  'PUT /rooms/:room/section': { section: null },
  'PUT /rooms/:room/favourite': { favourite: true },
  'PUT /rooms/:room/notifications': { level: 'all' },
  'PUT /rooms/:room/members/:username/silence': { until: '2100-01-01T00:00:00.000Z' },
  'POST /rooms/:room/invites': {},
  'POST /rooms/:room/webhooks': { name: 'x' },
  'POST /rooms/:room/webhooks/out': { url: 'https://hooks.invalid/' },
  'PATCH /rooms/:room/webhooks/out/:id': { paused: true },
  'POST /directs': { usernames: ['cleo'] },
  'POST /push/subscriptions': aSubscription,
}
