import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cast, logIn, setUp, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { listener } from './listener.ts'

const fresh = 'and again at half past ten'
const tokenIn = (link: string): string => new URL(link).hash.replace(/^#[a-z-]+=/, '')
type Place = { url: string }
const makeLink = async (server: Place, admin: { token: string }, username: string): Promise<string> => {
  const { status, body } = await rest(server, admin).post(`/users/${username}/sign-in-link`)
  if (status !== 201) throw new Error(`Refused: ${JSON.stringify(body)}`)
  return tokenIn(body.link)
}
const redeem = (server: Place, token: string, more: object = {}) =>
  rest(server).post('/auth/link', { token, ...more })
const reset = (server: Place, token: string, password = fresh) =>
  rest(server).post('/auth/reset', { token, password })
const enter = async (server: Place, username: string, password: string) =>
  (await rest(server).post('/auth/login', { username, password })).status
const outcome = ({ status, body }: { status: number; body: { reason?: string } }) =>
  body?.reason ?? String(status)

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  let people = 0
  const newcomer = () => signUp(at().server, `eve-${++people}`)

  describe('a sign-in link', () => {
    test('signs its person in once, and the database has only a hash of it', async () => {
      const { server, ada } = at()
      const eve = await newcomer()
      const made = await rest(server, ada).post(`/users/${eve.username}/sign-in-link`)
      expect(made.status).toBe(201)
      expect(Object.keys(made.body).sort()).toEqual(['expires_at', 'link'])
      expect(made.body.link).toStartWith(`${server.url}/#sign-in=`)
      const minutes = (Date.parse(made.body.expires_at) - Date.now()) / 60_000
      expect([minutes > 28, minutes <= 30]).toEqual([true, true])
      const token = tokenIn(made.body.link)
      const rows = await server.tools.sql.query('select * from one_time_links')
      expect(JSON.stringify(rows)).not.toContain(token)

      const first = await redeem(server, token)
      expect([first.status, first.body.user.username]).toEqual([200, eve.username])
      expect((await rest(server, { token: first.body.access_token }).get('/users/me')).status).toBe(200)
      expect(outcome(await redeem(server, token))).toBe('link_invalid')
      expect(outcome(await reset(server, token))).toBe('link_invalid')
      // The earlier session goes on: nothing says that somebody else has it.
      expect((await rest(server, eve).get('/users/me')).status).toBe(200)
      const { body } = await rest(server, ada).get('/audit?limit=1')
      expect(body.items[0]).toMatchObject({
        actor: 'ada',
        action: 'user.sign_in_link',
        subject: eve.username,
      })
    })

    test('with a new password, every earlier session and socket ends', async () => {
      const { server, ada } = at()
      const eve = await newcomer()
      const socket = await listener(server, eve)
      const entered = await redeem(server, await makeLink(server, ada, eve.username), { password: fresh })
      expect(entered.status).toBe(200)
      expect((await socket.ending()).code).toBe(4501)
      expect((await rest(server, eve).get('/users/me')).status).toBe(401)
      expect((await rest(server, { token: entered.body.access_token }).get('/users/me')).status).toBe(200)
      expect(await enter(server, eve.username, eve.password)).toBe(401)
      expect(await enter(server, eve.username, fresh)).toBe(200)
    })

    test('also sets a new password where no mail is sent', async () => {
      const { server, ada } = at()
      const eve = await newcomer()
      const token = await makeLink(server, ada, eve.username)
      const reply = await reset(server, token)
      expect([reply.status, reply.body]).toEqual([204, ''])
      expect((await rest(server, eve).get('/users/me')).status).toBe(401)
      expect(await enter(server, eve.username, fresh)).toBe(200)
    })

    test('stays good after a password that is refused', async () => {
      const { server, ada } = at()
      const eve = await newcomer()
      const token = await makeLink(server, ada, eve.username)
      for (const [password, reason] of [
        ['short', 'too_short'],
        ['password123', 'password_common'],
        [eve.email, 'password_is_name'],
      ] as const) {
        const refused = await reset(server, token, password)
        expect([refused.status, refused.body.errors[0]]).toMatchObject([422, { path: '/password', reason }])
      }
      expect((await reset(server, token)).status).toBe(204)
    })

    test('is over after 30 minutes, and when a newer one is made', async () => {
      const { server, ada } = at()
      const eve = await newcomer()
      const older = await makeLink(server, ada, eve.username)
      const newer = await makeLink(server, ada, eve.username)
      expect(outcome(await redeem(server, older))).toBe('link_invalid')
      await server.tools.sql.query(
        'update one_time_links set expires_at = $1::timestamptz where user_id = $2',
        [server.tools.clock().toISOString(), eve.id],
      )
      expect(outcome(await redeem(server, newer))).toBe('link_invalid')
      await makeLink(server, ada, eve.username)
      const left = await server.tools.sql.query('select hash from one_time_links where user_id = $1', [
        eve.id,
      ])
      expect(left).toHaveLength(1)
    })

    type Loss = [string, (eve: Person) => Promise<unknown>]
    test.each<Loss>([
      [
        'their person has changed the password',
        (eve) =>
          rest(at().server, eve).put('/users/me/password', {
            current_password: eve.password,
            new_password: fresh,
          }),
      ],
      [
        'their person was banned, also when the ban is over',
        async ({ username }) => {
          await rest(at().server, at().ada).put(`/users/${username}/ban`, {})
          await rest(at().server, at().ada).delete(`/users/${username}/ban`)
        },
      ],
      ['their person has deleted the account', (eve) => rest(at().server, eve).delete('/users/me')],
    ])('ends when %s', async (_, lose) => {
      const { server, ada } = at()
      const eve = await newcomer()
      const token = await makeLink(server, ada, eve.username)
      await lose(eve)
      expect(outcome(await redeem(server, token))).toBe('link_invalid')
      expect(outcome(await reset(server, token))).toBe('link_invalid')
    })

    test('ends when the person who made it is no administrator any more', async () => {
      const { server, ada, cleo } = at()
      const eve = await newcomer()
      await rest(server, ada).put('/users/cleo/roles/admin')
      const token = await makeLink(server, cleo, eve.username)
      await rest(server, ada).delete('/users/cleo/roles/admin')
      expect(outcome(await redeem(server, token))).toBe('link_invalid')
      expect(outcome(await reset(server, token))).toBe('link_invalid')
    })

    // It was only refused while its maker was no administrator: with the role again, the old link signed in.
    test('does not come back with the role, or with the end of the ban, of the person who made it', async () => {
      const { server, ada, cleo } = at()
      const eve = await newcomer()
      await rest(server, ada).put('/users/cleo/roles/admin')
      const first = await makeLink(server, cleo, eve.username)
      await rest(server, ada).delete('/users/cleo/roles/admin')
      await rest(server, ada).put('/users/cleo/roles/admin')
      expect(outcome(await redeem(server, first))).toBe('link_invalid')

      const maker = await logIn(server, 'cleo')
      const second = await makeLink(server, maker, eve.username)
      await rest(server, ada).put('/users/cleo/ban', {})
      await rest(server, ada).delete('/users/cleo/ban')
      expect(outcome(await redeem(server, second))).toBe('link_invalid')
      await rest(server, ada).delete('/users/cleo/roles/admin')
      Object.assign(cleo, await logIn(server, 'cleo'))
    })

    test('is for people who may sign in, and made by administrators who are signed in themselves', async () => {
      const { server, ada, ben } = at()
      const eve = await newcomer()
      const ask = async (username: string, person: { token: string } = ada) =>
        outcome(await rest(server, person).post(`/users/${username}/sign-in-link`))
      await rest(server, ada).post('/bots', { username: 'echo' })
      expect(await ask('echo')).toBe('bot_without_password')
      await rest(server, ada).put(`/users/${eve.username}/ban`, {})
      expect(await ask(eve.username)).toBe('account_banned')
      expect(await ask('nobody-here')).toBe('user_not_found')
      expect(await ask('ben@example.org')).toBe('user_not_found')
      expect(await ask('cleo', ben)).toBe('admins_only')
      const { body } = await rest(server, ada).post('/tokens', { name: 'A script', scopes: ['admin'] })
      expect(await ask('cleo', body)).toBe('token_not_allowed')
    })

    test('of a page gives the session to cookies, and to no page of another origin', async () => {
      const { server, ada } = at()
      const eve = await newcomer()
      const token = await makeLink(server, ada, eve.username)
      const from = (origin: string) =>
        rest(server, undefined, { 'x-session': 'cookie', origin }).post('/auth/link', { token })
      expect(outcome(await from('https://evil.example'))).toBe('origin_not_allowed')
      const entered = await from(server.url)
      expect([entered.status, entered.body.token_type]).toEqual([200, 'cookie'])
      expect(entered.headers.getSetCookie().join('\n')).toContain('parley_access=')
      expect(JSON.stringify(entered.body)).not.toContain('eyJ')
    })
  })

  test('the mail of a forgotten password is asked for with the same response for every address', async () => {
    const { server } = at()
    const ask = (body: object) => rest(server).post('/auth/forgot', body)
    for (const email of ['ben@example.org', 'nobody@example.org', 'BEN@Example.ORG']) {
      const { status, body } = await ask({ email })
      expect([status, body]).toEqual([202, ''])
    }
    for (const body of [{}, { email: 'ben' }, { email: 'ben@example.org\r\nBcc: eve@example.org' }])
      expect((await ask(body)).status).toBe(422)
  })

  test.each([
    ['/auth/reset', { token: '', password: fresh }],
    ['/auth/reset', { token: 'x'.repeat(129), password: fresh }],
    ['/auth/reset', { token: 'x' }],
    ['/auth/link', {}],
    ['/auth/link', { token: 7 }],
    ['/auth/link', { token: 'x', more: 1 }],
  ])('%s refuses %j', async (path, body) => {
    expect((await rest(at().server).post(path, body)).status).toBe(422)
  })

  test('a token with a NUL or of other letters is no link', async () => {
    for (const token of ['a\0b', 'ü', "' or 1=1"])
      expect(outcome(await redeem(at().server, token))).toBe('link_invalid')
  })
})

describe.skipIf(!(await postgresForTests()))('on two nodes', () => {
  let nodes: Nodes
  let ada: Person
  beforeAll(async () => {
    nodes = await startNodes(linkedBuses(2).buses)
    const [first] = nodes.servers
    ada = await setUp({ url: first!.url, setupCode: first!.setupLink!.split('#setup=')[1] }, 'ada')
  })
  afterAll(async () => nodes?.stop())

  test('one of many parallel uses of the same link succeeds, whatever they use it for', async () => {
    const [one, two] = nodes.servers as unknown as [Place, Place]
    await signUp(one, 'ben')
    const token = await makeLink(two, ada, 'ben')
    const uses = Array.from({ length: 24 }, (_, n) => {
      const node = n % 2 ? one : two
      if (n % 3 === 0) return reset(node, token, `${fresh} ${n}`)
      return redeem(node, token, n % 3 === 1 ? {} : { password: `${fresh} ${n}` })
    })
    const outcomes = (await Promise.all(uses)).map(outcome)
    expect(outcomes.filter((each) => ['200', '204'].includes(each))).toHaveLength(1)
    expect(outcomes.filter((each) => each === 'link_invalid')).toHaveLength(23)
  })

  test('a new password on one node ends the sockets on the other', async () => {
    const [one, two] = nodes.servers as unknown as [Place, Place]
    await signUp(one, 'cleo')
    const there = await logIn(two, 'cleo')
    const socket = await socketOf(two, there)
    await socket.next('hello')
    expect((await reset(one, await makeLink(one, ada, 'cleo'))).status).toBe(204)
    expect((await socket.ending()).code).toBe(4501)
    expect((await rest(two, there).get('/users/me')).status).toBe(401)
  })
})
