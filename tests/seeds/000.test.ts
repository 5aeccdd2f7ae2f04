import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Child, runChild, startChild } from '../support/child.ts'
import { openSocket, rest, type TestSocket, tryUpgrade } from '../support/client.ts'
import { runCommand } from '../support/command-line.ts'
import { onBothDatabases } from '../support/server.ts'
import { claimsOf, newPlace } from './place.ts'

/*
 * The README of the first seed, step by step: a Postgres database, default rooms, sign-up and login with a role, rooms
 * made by administrators, and a socket for each room with its token in the address.
 */
await onBothDatabases((database) => {
  let place: Awaited<ReturnType<typeof newPlace>>
  let server: Child
  const tokens = { alice: '', root: '' }
  const room = (name: string, who: keyof typeof tokens) =>
    openSocket(`${server.url}/ws/${name}?token=${tokens[who]}`)
  const sockets: TestSocket[] = []

  beforeAll(async () => {
    place = await newPlace(database)
  })
  afterAll(async () => {
    for (const socket of sockets) if (socket.isOpen()) await socket.close()
    server?.signal('SIGTERM')
    await server?.exited
    await place.remove()
  })

  test('5. `python init_db.py`: `parley migrate` creates the tables, and may run twice', async () => {
    for (const run of [runChild, runCommand]) {
      const { code, stdout } = await run(['migrate'], place)
      expect([code, stdout]).toEqual([0, 'the database is up to date\n'])
    }
  })

  test('6. `python init_rooms.py`: `parley seed` creates the default rooms', async () => {
    const { code, stdout } = await runCommand(['seed'], place)
    expect(code).toBe(0)
    expect(stdout).toMatch(/created general[\s\S]*created admin_room|the default rooms exist already/)
  })

  test('7. `uvicorn main:app`: `parley serve` listens, and prints its address', async () => {
    server = await startChild({ env: { ...place.env, ROOM_CREATION: 'admins' } })
    expect((await rest(server).get('/health')).status).toBe(200)
    const made = await runCommand(
      ['user', 'create', 'root', '--role', 'admin', '--password', 'the roots of the tree'],
      place,
    )
    expect([made.code, made.stdout]).toEqual([0, 'created administrator root\n'])
  })

  test('1. create a user: POST /auth/signup, with the very body of the README but for its password', async () => {
    const draft = { username: 'alice', email: 'alice@example.com', role: 'user' }
    const weak = await rest(server).post('/auth/signup', { ...draft, password: 'password123' })
    expect([weak.status, weak.body.errors[0].path]).toEqual([422, '/password'])
    const made = await rest(server).post('/auth/signup', { ...draft, password: 'a rabbit with a watch' })
    expect([made.status, made.body.user.roles]).toEqual([201, ['user']])
    const chosen = {
      ...draft,
      username: 'mallory',
      email: 'm@example.com',
      role: 'admin',
      password: 'let me be one',
    }
    expect((await rest(server).post('/auth/signup', chosen)).status).toBe(422)
  })

  test('2. login: POST /auth/login gives a token signed with HS256 that names the role', async () => {
    const logIn = async (username: string, password: string) => {
      const { status, body } = await rest(server).post('/auth/login', { username, password })
      expect([status, body.token_type]).toEqual([200, 'bearer'])
      return body.access_token as string
    }
    tokens.alice = await logIn('alice', 'a rabbit with a watch')
    tokens.root = await logIn('root', 'the roots of the tree')
    expect(claimsOf(tokens.alice)).toMatchObject({ username: 'alice', roles: ['user'] })
    expect(claimsOf(tokens.root).roles).toContain('admin')
    expect(JSON.parse(Buffer.from(tokens.alice.split('.')[0]!, 'base64url').toString()).alg).toBe('HS256')
  })

  test('role-based access: POST and DELETE /rooms are for administrators (ROOM_CREATION=admins)', async () => {
    const [alice, root] = [rest(server, { token: tokens.alice }), rest(server, { token: tokens.root })]
    expect((await alice.post('/rooms', { id: 'garden' })).status).toBe(403)
    expect(
      (await root.post('/rooms', { id: 'garden', title: 'The garden', description: 'Roses' })).status,
    ).toBe(201)
    expect((await alice.delete('/rooms/garden')).status).toBe(403)
    expect((await root.delete('/rooms/garden')).status).toBe(204)
    expect((await alice.get('/audit')).status).toBe(403)
  })

  test('a room for administrators only: admin_room does not exist for others', async () => {
    const [alice, root] = [rest(server, { token: tokens.alice }), rest(server, { token: tokens.root })]
    const names = async (api: typeof alice) =>
      (await api.get('/rooms')).body.items.map(({ id }: { id: string }) => id)
    expect([await names(alice), await names(root)]).toEqual([['general'], ['admin_room', 'general']])
    expect((await tryUpgrade(server, `/ws/admin_room?token=${tokens.alice}`)).status).toBe(404)
    const admins = await room('admin_room', 'root')
    sockets.push(admins)
    expect(await admins.next('room.ready')).toMatchObject({ room: 'admin_room', messages: [] })
  })

  test('3. connect: WS /ws/general?token=…, and without a right token there is no socket', async () => {
    for (const query of ['', '?token=', '?token=wrong', `?token=${tokens.alice}x`]) {
      expect([query, (await tryUpgrade(server, `/ws/general${query}`)).status]).toEqual([query, 401])
    }
    const alice = await room('general', 'alice')
    sockets.push(alice)
    expect(await alice.next('room.ready')).toMatchObject({ room: 'general', head: 1, messages: [] })
  })

  test('`ws.send("Hello, everyone!")`: plain text reaches every client in the room, and the messages table', async () => {
    const [, alice] = sockets
    const root = await room('general', 'root')
    sockets.push(root)
    await root.next('room.ready')
    alice!.send('Hello, everyone!')
    for (const each of [alice!, root]) {
      const { message } = await each.next('message.created')
      expect(message).toMatchObject({ content: 'Hello, everyone!', author: { username: 'alice' } })
    }
    const { body } = await rest(server, { token: tokens.root }).get('/rooms/general/messages')
    expect(body.items.map(({ content }: { content: string }) => content)).toEqual(['Hello, everyone!'])
  })

  test('joining and leaving are events of the room', async () => {
    const [, alice, root] = sockets
    expect(alice!.heard('member.joined').map(({ username }) => username)).toEqual(['root'])
    const changed = (status: 'online' | 'offline') =>
      alice!.until(`root ${status}`, () =>
        alice!.heard('presence.changed').find((event) => event[status]?.includes('root')),
      )
    expect(await changed('online')).toMatchObject({ count: 2 })
    await root!.close()
    expect(await changed('offline')).toMatchObject({ count: 1 })
  })

  test('on connection the last messages come, and a cursor leads to the older ones: each once, in order', async () => {
    const [, alice] = sockets
    for (let n = 1; n <= 120; n++) alice!.send(`${n}`)
    await alice!.until('the last', () =>
      alice!.heard('message.created').some(({ message }) => message.content === '120'),
    )
    const late = await room('general', 'root')
    const { messages } = await late.next('room.ready')
    const seen: string[] = messages.map(({ content }: { content: string }) => content)
    expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => `${n + 71}`))
    for (let before = messages[0].seq; before !== undefined; ) {
      const { body } = await rest(server, { token: tokens.root }).get(
        `/rooms/general/messages?before=${before}&limit=30`,
      )
      seen.unshift(...body.items.map(({ content }: { content: string }) => content))
      before = body.next
    }
    expect(seen).toEqual(['Hello, everyone!', ...Array.from({ length: 120 }, (_, n) => `${n + 1}`)])
    await late.close()
  })

  test('`python generate_tokens.py`: `parley token` prints fresh ones that let in', async () => {
    const { code, stdout } = await runCommand(['token', 'alice', 'root'], place)
    expect(code).toBe(0)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
    expect(lines.map(([name]) => name)).toEqual(['alice', 'root'])
    for (const [name, token] of lines) {
      expect((await rest(server, { token: token! }).get('/users/me')).body.username).toBe(name)
    }
  })

  test('presence and reactions, which its README hopes for, are there', async () => {
    const [, alice] = sockets
    const root = await room('general', 'root')
    await root.next('room.ready')
    const { data } = await root.ask({ type: 'presence.list', room: 'general' })
    expect(data).toEqual({ room: 'general', count: 2, online: ['alice', 'root'] })
    const { seq } = (await root.ask({ type: 'message.list', room: 'general', limit: 1 })).data.items[0]
    await root.ask({ type: 'reaction.add', room: 'general', seq, emoji: '🎉' })
    expect(await alice!.next('reaction.added')).toMatchObject({ target: seq, emoji: '🎉', actor: 'root' })
    await root.close()
  })
})
