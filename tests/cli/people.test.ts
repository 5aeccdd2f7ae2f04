import { afterAll, beforeAll, expect, test } from 'bun:test'
import { migratedPlace } from '../seeds/place.ts'
import { rest, socketOf } from '../support/client.ts'
import { runCommand } from '../support/command-line.ts'
import { onBothDatabases } from '../support/server.ts'
import { type Served, serveHere } from './served.ts'

const dayMs = 24 * 3_600_000

type Place = Awaited<ReturnType<typeof migratedPlace>>

await onBothDatabases((database) => {
  let place: Place
  const parley = (...words: string[]) => runCommand(words, place)
  const lines = async (...words: string[]) => {
    const { code, stdout, stderr } = await parley(...words)
    expect([code, stderr]).toEqual([0, ''])
    return stdout.trimEnd().split('\n')
  }
  const answer = async (...words: string[]) => JSON.parse((await lines(...words, '--json')).join('\n'))
  const refused = async (...words: string[]) => {
    const { code, stdout, stderr } = await parley(...words, '--json')
    expect([code, stdout]).toEqual([1, ''])
    return JSON.parse(stderr)
  }

  beforeAll(async () => {
    place = await migratedPlace(database)
  })
  afterAll(() => place.remove())

  // Without a server first: the command line opens the database itself.

  test('the operator creates accounts, with a given or a random password', async () => {
    expect(
      await lines('user', 'create', 'Ada', '--role', 'admin', '--password', 'the first to count'),
    ).toEqual(['created administrator ada'])
    const made = await lines('user', 'create', 'ben', '--name', 'Ben 伴', '--email', 'Ben@example.org')
    expect(made).toEqual(['created user ben', expect.stringMatching(/^password: [\w-]{12,}$/)])
    expect(await answer('user', 'create', 'cleo')).toEqual({
      username: 'cleo',
      role: 'user',
      password: expect.any(String),
    })
    expect(await lines('user', 'list')).toEqual(['ada\tadmin', 'ben\tuser', 'cleo\tuser'])
    expect((await answer('user', 'list'))[1]).toMatchObject({
      ...{ username: 'ben', display_name: 'Ben 伴', email: 'ben@example.org', role: 'user' },
      ...{ bot: false, banned: false, created_at: expect.any(String) },
    })
  })

  test('what no door would take is refused by name, and never repeated', async () => {
    const cases: [string[], object][] = [
      [['b'], { code: 'invalid', errors: [{ path: '/username', reason: 'username_format' }] }],
      [['ada'], { code: 'conflict', reason: 'username_taken' }],
      [
        ['dan', '--email', 'nowhere'],
        { code: 'invalid', errors: [{ path: '/email', reason: 'email_format' }] },
      ],
      [['dan', '--email', 'ben@example.org'], { code: 'conflict' }],
      [['dan', '--name', ''], { code: 'invalid', errors: [{ path: '/name', reason: 'empty' }] }],
      [['dan', '--password', 'hushhus'], { code: 'invalid', reason: 'too_short', params: { min: 8 } }],
    ]
    for (const [words, problem] of cases)
      expect(await refused('user', 'create', ...words)).toMatchObject(problem)
    expect(JSON.stringify(await refused('user', 'create', 'dan', '--password', 'hushhus'))).not.toContain(
      'hushhus',
    )
    for (const words of [
      ['role', 'dan', 'admin'],
      ['ban', 'dan'],
      ['password', 'dan'],
      ['ban', 'ben@example.org'],
    ])
      expect(await refused('user', ...words)).toMatchObject({
        code: 'not_found',
        reason: 'user_not_found',
      })
  })

  test('there is always an administrator', async () => {
    const last = { code: 'conflict', reason: 'last_admin' }
    expect(await refused('user', 'role', 'ada', 'user')).toMatchObject(last)
    expect(await refused('user', 'ban', 'ada')).toMatchObject(last)
    const appointed = await parley('user', 'role', 'ben', 'admin')
    expect(appointed).toMatchObject({ code: 0, stdout: 'ben is an administrator\n', stderr: '' })
    expect(await parley('user', 'role', 'ada', 'user')).toMatchObject({
      code: 0,
      stdout: 'ada is an ordinary user\n',
    })
    expect(await lines('user', 'list')).toEqual(['ada\tuser', 'ben\tadmin', 'cleo\tuser'])
    expect((await parley('user', 'role', 'ada', 'admin')).code).toBe(0)
  })

  test('a password may come by standard input, so that it is not in the list of processes', async () => {
    const given = await parley('user', 'password', 'ben', '--password', '-')
    expect([given.code, given.stderr]).toEqual([2, expect.stringContaining('Standard input has no password')])
    const piped = Bun.spawn([process.execPath, 'src/main.ts', 'user', 'password', 'ben', '--password', '-'], {
      env: { PATH: process.env.PATH ?? '', ...place.env },
      stdin: new Blob(['what ben knows by heart\r\nand nothing of this\n']),
      stdout: 'pipe',
      stderr: 'ignore',
    })
    expect(await new Response(piped.stdout).text()).toBe('ben has a new password and must log in again\n')
    expect(await piped.exited).toBe(0)
  })

  test('a ban can be lifted again', async () => {
    expect(await parley('user', 'ban', 'cleo')).toMatchObject({
      code: 0,
      stdout: 'cleo is banned and signed out\n',
    })
    expect(await lines('user', 'list')).toContain('cleo\tuser\tbanned')
    const changed = ['user', 'ban', 'cleo', '--reason', 'Too loud', '--until', '2100-01-02T03:04+01:00']
    expect(await answer(...changed)).toEqual({
      ...{ username: 'cleo', banned: true },
      ...{ ban_reason: 'Too loud', banned_until: '2100-01-02T02:04:00.000Z' },
    })
    expect(await lines('user', 'list')).toContain(
      'cleo\tuser\tbanned until 2100-01-02T02:04:00.000Z\tToo loud',
    )
    const { banned_until } = await answer('user', 'ban', 'cleo', '--until', '7d')
    expect(Date.parse(banned_until)).toBeWithin(Date.now() + 6.9 * dayMs, Date.now() + 7 * dayMs + 1)
    expect(await refused('user', 'ban', 'cleo', '--until', '2020-01-01')).toMatchObject({ code: 'invalid' })
    for (const wrong of ['2100-02-30', 'soon', '7', '7w', '2100-13-01', '2100-01-01 10:00'])
      expect([wrong, (await parley('user', 'ban', 'cleo', '--until', wrong)).code]).toEqual([wrong, 2])
    // It lifted the ban, and said nothing of the rest.
    for (const other of [
      ['--reason', 'Too loud'],
      ['--until', '7d'],
    ])
      expect((await parley('user', 'ban', 'cleo', '--lift', ...other)).code).toBe(2)
    const lifted = await parley('user', 'ban', 'cleo', '--lift', '--json')
    expect(JSON.parse(lifted.stdout)).toEqual({ username: 'cleo', banned: false })
  })

  // Those before the one that was refused were created, and had a session that nobody was shown the token of.
  test('either all users get a token, or nothing is created', async () => {
    const before = await lines('user', 'list')
    for (const [wrong, code] of [
      ['no/name', 'invalid'],
      ['here', 'invalid'],
    ])
      expect(await refused('token', '--create', 'first-of-two', wrong!)).toMatchObject({ code })
    expect(await lines('user', 'list')).toEqual(before)
    expect(await refused('token', 'ada', 'nobody-yet')).toMatchObject({ reason: 'user_missing' })
    const twice = await answer('token', '--create', 'twice', 'TWICE')
    expect(twice.map(({ username }: { username: string }) => username)).toEqual(['twice', 'twice'])
  })

  test('tokens, default rooms and migrations have JSON too', async () => {
    const made = await answer('token', 'ada', '--create', 'echo')
    expect(made.map(({ username }: { username: string }) => username)).toEqual(['ada', 'echo'])
    expect(made[0].token).toMatch(/^ey/)
    expect(await refused('token', 'dan')).toMatchObject({ code: 'not_found' })
    expect(await refused('token', '--create', 'no/name')).toMatchObject({ code: 'invalid' })
    expect(await answer('seed')).toEqual({ made: [] })
    expect(await answer('migrate')).toEqual({ database, migrations: [] })
  })
})

await onBothDatabases((database) => {
  let place: Place
  let server: Served
  const parley = (...words: string[]) => runCommand(words, place)
  const done = async (...words: string[]) => {
    const { code, stdout, stderr } = await parley(...words)
    expect([code, stderr]).toEqual([0, ''])
    return stdout
  }

  beforeAll(async () => {
    place = await migratedPlace(database)
    server = await serveHere(place)
    for (const [name, role] of [
      ['ada', 'admin'],
      ['ben', 'user'],
      ['cleo', 'user'],
    ] as const)
      await done('user', 'create', name, '--role', role, '--password', `the password of ${name}`)
  })
  afterAll(async () => {
    await server?.stop()
    await place.remove()
  })

  const logIn = async (username: string, password = `the password of ${username}`) => {
    const { status, body } = await rest(server).post('/auth/login', { username, password })
    return { status, token: String(body.access_token) }
  }

  test('in a server that runs, a role is felt at once by a token from before', async () => {
    const ben = await logIn('ben')
    expect((await rest(server, ben).get('/audit')).status).toBe(403)
    await done('user', 'role', 'ben', 'admin')
    expect((await rest(server, ben).get('/audit')).status).toBe(200)
    await done('user', 'role', 'ben', 'user')
    expect((await rest(server, ben).get('/audit')).status).toBe(403)
  })

  test('a ban ends sessions and sockets at once, until it is lifted', async () => {
    const cleo = await logIn('cleo')
    const socket = await socketOf(server, cleo)
    await socket.next('hello')
    await done('user', 'ban', 'cleo')
    expect((await socket.ending()).code).toBe(4501)
    expect((await rest(server, cleo).get('/users/me')).status).toBe(401)
    expect((await logIn('cleo')).status).toBe(403)
    await done('user', 'ban', 'cleo', '--lift')
    expect((await rest(server, cleo).get('/users/me')).status).toBe(401)
    expect((await logIn('cleo')).status).toBe(200)
  })

  test('a new password ends every session, and only it opens the door', async () => {
    const ben = await logIn('ben')
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    const shown = /^password: (\S+)$/m.exec(await done('user', 'password', 'ben'))![1]!
    expect((await socket.ending()).code).toBe(4501)
    expect((await logIn('ben')).status).toBe(401)
    expect((await logIn('ben', shown)).status).toBe(200)
  })

  test('the operator erases an account: at once in a server that runs, and not the last administrator', async () => {
    await done('user', 'create', 'gone', '--password', 'the password of gone')
    const gone = await logIn('gone')
    const message = await rest(server, gone)
      .put('/rooms/general/members/me')
      .then(() => rest(server, gone).post('/rooms/general/messages', { content: 'Farewell' }))
    const socket = await socketOf(server, gone)
    await socket.next('hello')
    const unasked = await parley('user', 'erase', 'gone')
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('add --yes')])
    expect((await parley('user', 'erase', 'gone', '--messages', 'burn', '--yes')).code).toBe(2)
    const erased = await done('user', 'erase', 'gone', '--messages', 'delete', '--yes')
    expect(erased).toBe('erased the account of gone; their messages are deleted\n')
    expect((await socket.ending()).code).toBe(4501)
    expect((await logIn('gone')).status).toBe(401)
    const ada = rest(server, await logIn('ada'))
    await ada.put('/rooms/general/members/me')
    expect((await ada.get(`/rooms/general/messages/${message.body.seq}`)).body).toMatchObject({
      ...{ author: { username: 'deleted-user' }, content: '', deleted_at: expect.any(String) },
    })
    const [act] = (await ada.get('/audit?limit=1')).body.items
    expect(act).toMatchObject({ action: 'user.erased', detail: { messages: 'delete' } })
    expect(act.actor).toBeUndefined()
    for (const [words, reason] of [
      [['gone'], 'user_not_found'],
      [['ada'], 'last_admin'],
    ] as const) {
      const { code, stderr } = await parley('user', 'erase', ...words, '--yes', '--json')
      expect([code, JSON.parse(stderr).reason]).toEqual([1, reason])
    }
    await done('bot', 'create', 'echo')
    const bot = await parley('user', 'erase', 'echo', '--yes', '--json')
    expect(JSON.parse(bot.stderr).reason).toBe('bot_not_erased')
  })

  test('the audit shows the actions of the operator, without an actor', async () => {
    const { body } = await rest(server, await logIn('ada')).get('/audit?limit=100')
    const acts = body.items.map(({ actor, action, subject }: Record<string, string>) => [
      actor,
      action,
      subject,
    ])
    expect(acts.reverse()).toEqual([
      [undefined, 'user.created', 'ada'],
      [undefined, 'user.created', 'ben'],
      [undefined, 'user.created', 'cleo'],
      [undefined, 'role.granted', 'ben'],
      [undefined, 'role.revoked', 'ben'],
      [undefined, 'user.banned', 'cleo'],
      [undefined, 'user.unbanned', 'cleo'],
      [undefined, 'user.password_set', 'ben'],
      [undefined, 'user.created', 'deleted-user'],
      [undefined, 'user.erased', 'deleted-user'],
      [undefined, 'user.created', 'echo'],
      [undefined, 'token.made', 'echo'],
    ])
  })
})
