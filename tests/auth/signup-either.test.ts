import { describe, expect, test } from 'bun:test'
import { cast, passwordOf } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'

const password = 'a rabbit with a watch'
const valid = /^[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9_]$/

await onBothDatabases((database) => {
  describe('an account needs a username or an email address, not both:', () => {
    const at = serverFor({ database }, cast)
    const api = (person?: { token: string }) => rest(at().server, person)
    const signUp = (body: object, person?: { token: string }) =>
      api(person).post('/auth/signup', { password, ...body })
    const nameFor = async (body: object): Promise<string> => (await signUp(body)).body.user?.username

    test('with a username only, it can sign in, write and be called', async () => {
      const { status, body } = await signUp({ username: 'nomail' })
      expect([status, body.user.username, 'email' in body.user]).toEqual([201, 'nomail', false])
      const token = (await api().post('/auth/login', { username: 'nomail', password })).body.access_token
      const me = { token }
      expect((await api(me).put('/rooms/general/members/me', {})).status).toBe(204)
      expect((await api(me).post('/rooms/general/messages', { content: 'Hello' })).status).toBe(201)
      expect((await api(me).get('/users/me')).body).not.toHaveProperty('email')
      expect((await api(me).post('/tokens', { name: 'ci', scopes: ['read'] })).status).toBe(201)
      expect((await api(at().ada).get('/users?q=nomail')).body.items).toHaveLength(1)
    })

    test('the address is added later, with the password, and then signs in too', async () => {
      const { body } = await signUp({ username: 'later' })
      const me = { token: body.access_token as string }
      const old = `update sessions set created_at = now() - interval '1 hour' where user_id = $1`
      await at().server.tools.sql.query(old, [body.user.id])
      const email = 'later@example.org'
      const bare = await api(me).patch('/users/me', { email })
      expect([bare.status, bare.body.reason]).toEqual([403, 'confirm_password'])
      const added = await api(me).patch('/users/me', { email, current_password: password })
      expect([added.status, added.body.email]).toEqual([200, email])
      expect((await api().post('/auth/login', { email, password })).status).toBe(200)
      expect((await signUp({ email })).body.errors[0].reason).toBe('email_taken')
    })

    test('with an address only, the username is made of it, is in the response, and signs in', async () => {
      const { status, body } = await signUp({ email: 'Zoe.Quux+chat@example.org' })
      expect([status, body.user.username, body.user.display_name]).toEqual([201, 'zoe.quux', 'zoe.quux'])
      for (const login of [{ username: 'zoe.quux' }, { email: 'zoe.quux+chat@example.org' }])
        expect((await api().post('/auth/login', { ...login, password })).status).toBe(200)
      expect(await nameFor({ email: 'zoe.quux@else.example' })).toBe('zoe.quux-2')
    })

    test('made names are valid, whatever the address and the display name are', async () => {
      const made = async (local: string, display_name?: string) =>
        nameFor({ email: `${local}@${crypto.randomUUID()}.example`, ...(display_name && { display_name }) })
      expect(await made('Ünal')).toBe('unal')
      expect(await made('-._x--y..')).toBe('x--y')
      expect(await made('李雷', 'Léi Li')).toBe('lei-li')
      expect(await made('jo')).toBe('jo-2')
      expect(await made('a'.repeat(60))).toBe('a'.repeat(32))
      expect(await made('a'.repeat(60))).toBe(`${'a'.repeat(24)}-2`)
      expect(await made('李雷', '李雷')).toMatch(/^user-\d+$/)
      for (const local of ['!#$%&', "o'brien", '0', '....', 'hook', 'hook-1', 'user', '"quoted"'])
        expect([local, await made(local)]).toEqual([local, expect.stringMatching(valid)])
    })

    test('a made name speaks neither for the server nor for an administrator', async () => {
      for (const local of ['admin', 'system', 'r00t', 'ada', 'a.d.a', 'AdA', 'everyone', 'me', 'null']) {
        const body = { email: `${local}@${crypto.randomUUID()}.example`, display_name: 'Sam Smith' }
        expect([local, await nameFor(body)]).toEqual([local, expect.stringMatching(/^sam-smith(-\d+)?$/)])
      }
      const nameless = await nameFor({ email: `ada@${crypto.randomUUID()}.example` })
      expect(nameless).toMatch(/^user-\d+$/)
    })

    test('twenty who sign up at once with the same name before the @ get twenty usernames', async () => {
      const made = await Promise.all(
        Array.from({ length: 20 }, (_, n) => nameFor({ email: `crowd@${n}.example` })),
      )
      expect(new Set(made).size).toBe(20)
      for (const name of made) expect(name).toMatch(/^crowd(-\d+)?$/)
    })

    test('of six at once with the same address one gets in, and the others hear that it is taken', async () => {
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => signUp({ email: 'same@example.org' })),
      )
      const found = answers.map(({ status, body }) => body.errors?.[0].reason ?? status)
      expect(found.filter((each) => each === 201)).toHaveLength(1)
      expect(found.filter((each) => each === 'email_taken')).toHaveLength(5)
    })

    test('the name of an erased account is not made again', async () => {
      const first = await signUp({ email: 'gone@one.example' })
      await api({ token: first.body.access_token }).delete('/users/me')
      expect(await nameFor({ email: 'gone@two.example' })).toBe('gone-2')
    })

    test('neither is refused, and so is a password that is the made name', async () => {
      for (const body of [{}, { display_name: 'Nobody' }]) {
        const { status, body: problem } = await signUp(body)
        expect([status, problem.errors]).toEqual([
          422,
          [expect.objectContaining({ path: '/username', reason: 'required' })],
        ])
      }
      const own = await signUp({ email: 'ünalunal@example.org', password: 'unalunal' })
      expect(own.body.errors[0]).toMatchObject({ path: '/password', reason: 'password_is_name' })
    })

    test('an administrator creates accounts alike', async () => {
      const { ada } = at()
      expect((await signUp({ email: 'byada@example.org' }, ada)).body.user.username).toBe('byada')
      const admin = await signUp({ email: 'operator@example.org', role: 'admin' }, ada)
      expect([admin.status, admin.body.user.username]).toEqual([201, 'operator'])
    })
  })

  describe('with SIGNUP_EMAIL=required', () => {
    const at = serverFor({ database, settings: { SIGNUP_EMAIL: 'required' } }, cast)

    test('an account needs an email address, but not one that an administrator creates', async () => {
      const { server, ada } = at()
      const refused = await rest(server).post('/auth/signup', { username: 'nomail', password })
      expect([refused.status, refused.body.errors]).toEqual([
        422,
        [expect.objectContaining({ path: '/email', reason: 'required' })],
      ])
      const body = { email: 'mail@example.org', password: passwordOf('mail') }
      expect((await rest(server).post('/auth/signup', body)).body.user.username).toBe('mail')
      expect((await rest(server, ada).post('/auth/signup', { username: 'nomail', password })).status).toBe(
        201,
      )
    })
  })

  test('with an invite, and with the set-up link', async () => {
    const server = await startServer({ database, settings: { SIGNUP: 'invite' } })
    const code = server.setupCode
    const ada = await rest(server).post('/auth/setup', { code, email: 'admin@example.org', password })
    expect([ada.status, ada.body.user.username, ada.body.user.roles]).toEqual([
      201,
      'admin',
      ['admin', 'user'],
    ])
    const asAda = rest(server, { token: ada.body.access_token })
    const invite = (await asAda.post('/rooms/general/invites', { max_uses: 2 })).body.code
    const enter = (email: string) => rest(server).post(`/auth/signup?invite=${invite}`, { email, password })
    const names = await Promise.all(['guest@a.example', 'guest@b.example'].map(enter))
    expect(names.map(({ body }) => body.user?.username).sort()).toEqual(['guest', 'guest-2'])
    expect((await enter('guest@c.example')).status).toBe(403)
    await server.stop()
  })
})
