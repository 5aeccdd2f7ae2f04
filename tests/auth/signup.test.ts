import { describe, expect, test } from 'bun:test'
import { cast, logIn, passwordOf, setUp, signUp } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const draft = (username: string, more = {}) => ({
    ...{ username, email: `${username}@example.org`, password: passwordOf(username) },
    ...more,
  })
  const signUpAs = (body: unknown, token?: string) =>
    rest(at().server, token ? { token } : undefined).post('/auth/signup', body)

  test('signing up signs in, as an ordinary user, with a lower-case username', async () => {
    const { status, body } = await signUpAs(draft('Erin.Smith', { display_name: 'Erin Smith' }))
    expect(status).toBe(201)
    expect(body).toEqual({
      user: expect.objectContaining({
        id: expect.any(String),
        username: 'erin.smith',
        display_name: 'Erin Smith',
        email: 'erin.smith@example.org',
        roles: ['user'],
        created_at: expect.any(String),
      }),
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 900,
    })
    const me = await rest(at().server, { token: body.access_token }).get('/users/me')
    expect(me.body).toEqual(body.user)
  })

  test.each([
    ['a role', { role: 'admin' }],
    ['an id', { id: '0198c0de-0000-7000-8000-000000000001' }],
    ['roles', { roles: ['admin'] }],
    ['a field nobody knows', { is_admin: true }],
    ['a password hash', { password_hash: 'x' }],
    ['a prototype', JSON.parse('{"__proto__": {"role": "admin"}}')],
    ['a constructor', { constructor: { prototype: { role: 'admin' } } }],
  ])('%s in a sign-up is refused, and no account is made', async (_, more) => {
    const name = `sneaky-${crypto.randomUUID().slice(0, 8)}`
    const refused = await signUpAs(
      JSON.stringify(draft(name)).replace(/}$/, `,${JSON.stringify(more).slice(1)}`),
    )
    expect([refused.status, refused.body.code]).toEqual([422, 'invalid'])
    expect((await signUpAs(draft(name))).body.user.roles).toEqual(['user'])
  })

  test('only an administrator creates administrators', async () => {
    const { ada, ben } = at()
    expect((await signUpAs(draft('by-ben', { role: 'admin' }), ben.token)).status).toBe(422)
    const made = await signUpAs(draft('by-ada', { role: 'admin' }), ada.token)
    expect(made.body.user.roles).toEqual(['admin', 'user'])
  })

  test('a taken name or address is refused, whatever its case, and says which', async () => {
    const other = { email: 'other@example.org' }
    const name = await signUpAs(draft('bEN', other))
    expect([name.status, name.body.code, name.body.errors[0].path]).toEqual([409, 'conflict', '/username'])
    const address = await signUpAs(draft('somebody', { email: 'BEN@example.org' }))
    expect([address.status, address.body.errors[0].path]).toEqual([409, '/email'])
  })

  test('one of a hundred parallel sign-ups with the same name in different cases succeeds', async () => {
    const cased = (n: number) =>
      [...'popular'].map((letter, bit) => (n & (1 << bit) ? letter.toUpperCase() : letter)).join('')
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => signUpAs(draft(cased(n), { email: `p${n}@example.org` }))),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(99)
  })

  test.each([
    ['ab', 'too short'],
    ['a'.repeat(33), 'too long'],
    ['-dash', 'a dash first'],
    ['has space', 'a space'],
    ['аda', 'a Cyrillic letter'],
    ['ben\u200b', 'an invisible character'],
    ['ben\u202e', 'a turn of direction'],
    ['ben\0', 'a NUL'],
    ['a@b.cd', 'an at sign'],
    ['../etc', 'a path'],
    [5, 'a number'],
    [null, 'nothing'],
  ])('the name %j is refused: %s', async (username) => {
    const { status, body } = await signUpAs({ ...draft('x'), username })
    expect([status, body.code, body.errors[0].path]).toEqual([422, 'invalid', '/username'])
  })

  test.each(['seven77', 'password123', '12345678', 'half \ud800 a character', 'x'.repeat(1025), ''])(
    'the password %j is refused and not repeated in the answer',
    async (password) => {
      const { status, body } = await signUpAs({ ...draft('weak-one'), password })
      expect([status, body.code, body.errors[0].path]).toEqual([422, 'invalid', '/password'])
      if (password) expect(JSON.stringify(body)).not.toContain(password)
    },
  )

  test.each([
    ['of 1,024 characters', Array.from({ length: 256 }, (_, n) => (4096 + n).toString(16)).join('')],
    ['of 100 bytes', 'ßäöüéèñçøåþðæíóú'.repeat(4).slice(0, 50)],
    ['with emoji', '🎈🐢🌍🚲🍋🎻🧵🏔'],
    ['with a NUL', 'before\0after'],
  ])('a password %s is taken exactly', async (_, password) => {
    const username = `exact-${crypto.randomUUID().slice(0, 8)}`
    expect((await signUpAs({ ...draft(username), password })).status).toBe(201)
    const tryWith = async (tried: string) =>
      (await rest(at().server).post('/auth/login', { username, password: tried })).status
    expect(await tryWith(password)).toBe(200)
    expect(await tryWith(password.slice(0, -1))).toBe(401)
    expect(await tryWith(password.slice(0, 72))).toBe(password.length <= 72 ? 200 : 401)
  })

  test('a composed and a decomposed password are the same password', async () => {
    const username = 'normalised'
    await signUpAs({ ...draft(username), password: 'cafe\u0301 au lait' })
    const { status } = await rest(at().server).post('/auth/login', { username, password: 'café au lait' })
    expect(status).toBe(200)
  })
})

describe('a community that is not open', () => {
  test.each(['closed', 'invite'])(
    'with SIGNUP=%s takes no strangers, but whom an admin adds',
    async (signup) => {
      const server = await startServer({ settings: { SIGNUP: signup } })
      const ada = await setUp(server, 'ada')
      await expect(signUp(server, 'stranger')).rejects.toThrow('forbidden')
      const body = { username: 'guest', email: 'guest@example.org', password: passwordOf('guest') }
      expect((await rest(server, ada).post('/auth/signup', body)).status).toBe(201)
      expect((await logIn(server, 'guest')).username).toBe('guest')
      await server.stop()
    },
  )
})
