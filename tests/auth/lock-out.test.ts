import { expect, test } from 'bun:test'
import { createPasswordHasher, HasherBusy } from '../../src/crypto/passwords.ts'
import { type Cast, cast, passwordOf } from '../support/cast.ts'
import { type Answer, rest } from '../support/client.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'

const settings = { RATE_LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' }
const times = <Made>(count: number, make: (n: number) => Promise<Made>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)))
const from = (server: { url: string }, address: string, headers: Record<string, string> = {}) =>
  rest(server, undefined, { 'x-forwarded-for': address, ...headers })
const statuses = (answers: Answer[]) => answers.map(({ status }) => status)

// Wrong passwords from anywhere locked the owner out, of their sign-in and of the change of their password.
await onBothDatabases((database) => {
  const at = serverFor<Cast>({ database, settings }, cast)
  const password = passwordOf('ben')
  const guess = (n: number, name: object = { username: 'ben' }) =>
    from(at().server, `198.51.${n >> 8}.${n & 255}`).post('/auth/login', { ...name, password: 'a guess' })

  test('a guesser does not lock the owner out of a device they have used, nor of a new password', async () => {
    const { server, ben } = at()
    const page = await from(server, '203.0.113.1', { 'x-session': 'cookie', origin: server.url }).post(
      '/auth/login',
      { username: 'ben', password },
    )
    const cookies = page.headers.getSetCookie().map((each) => each.split(';')[0]!)
    const device = cookies.find((each) => each.startsWith('parley_device='))!
    const refresh = cookies.find((each) => each.startsWith('parley_refresh='))!
    const guesses = await times(60, (n) => guess(n, n % 2 ? { username: 'ben' } : { email: ben.email }))
    // 12 for the username and 12 for the address, and a few while they were made.
    expect(statuses(guesses).filter((status) => status === 401).length).toBeLessThan(40)
    const stranger = await from(server, '203.0.113.7').post('/auth/login', { username: 'ben', password })
    expect(stranger.status).toBe(429)
    for (const cookie of [device, refresh])
      expect(
        (await from(server, '203.0.113.7', { cookie }).post('/auth/login', { username: 'ben', password }))
          .status,
      ).toBe(200)
    const again = await from(server, '203.0.113.7', { 'x-device': device.split('=')[1]! }).post(
      '/auth/login',
      {
        email: ben.email,
        password,
      },
    )
    expect(again.status).toBe(200)
    expect(
      (
        await rest(server, ben).put('/users/me/password', {
          current_password: password,
          new_password: password,
        })
      ).status,
    ).toBe(204)
  })

  // The limit was one for the account: 429 instead of 401 said whose address it is, and that it has an account.
  test('guesses for a username do not tell which email address belongs to it', async () => {
    const { server, ada } = at()
    const login = (n: number, name: object) =>
      from(server, `198.52.0.${n}`).post('/auth/login', { ...name, password: 'a guess' })
    const byName = await times(30, (n) => login(n, { username: 'ada' }))
    expect(statuses(byName)).toContain(429)
    const [hers, nobodys] = [await login(40, { email: ada.email }), await login(41, { email: 'x@y.example' })]
    expect([hers.status, hers.body]).toEqual([401, nobodys.body])
    // All spellings of an address are one address, whether somebody has it or not.
    for (const [n, address] of ['a\u0308b@b\u00fccher.example', 'nobody@b\u00fccher.example'].entries()) {
      const spellings = [address, address.normalize('NFC'), address.toUpperCase().normalize('NFC')]
      const all = await times(40, (each) => login(50 + 40 * n + each, { email: spellings[each % 3] }))
      expect(statuses(all).filter((status) => status === 401).length).toBeLessThan(20)
    }
  })

  test('a device known to one account is a stranger to another, and its own guesses are limited', async () => {
    const { server } = at()
    const { headers } = await from(server, '203.0.113.2').post('/auth/login', {
      username: 'cleo',
      password: passwordOf('cleo'),
    })
    const device = headers.get('x-device')!
    await times(30, (n) => guess(1000 + n))
    const asCleo = from(server, '203.0.113.3', { 'x-device': device })
    expect((await asCleo.post('/auth/login', { username: 'ben', password })).status).toBe(429)
    const own = await times(30, () => asCleo.post('/auth/login', { username: 'cleo', password: 'a guess' }))
    expect(statuses(own).filter((status) => status === 429).length).toBeGreaterThan(8)
    // And the owner, elsewhere, has lost nothing by it.
    const elsewhere = from(server, '203.0.113.4')
    const right = await elsewhere.post('/auth/login', { username: 'cleo', password: passwordOf('cleo') })
    expect(right.status).toBe(200)
  })

  test('right passwords do not count against their account', async () => {
    const { server } = at()
    const logIns = await times(20, (n) =>
      from(server, `192.0.2.${n}`).post('/auth/login', { username: 'dan', password: passwordOf('dan') }),
    )
    expect(statuses(logIns).filter((status) => status === 200).length).toBeGreaterThanOrEqual(12)
    const after = await from(server, '192.0.2.99').post('/auth/login', {
      username: 'dan',
      password: passwordOf('dan'),
    })
    expect(after.status).toBe(200)
  })

  test('invalid tokens from an address do not stop others at that address from refreshing', async () => {
    const { server, ben } = at()
    const office = from(server, '203.0.113.50')
    const junk = await times(120, (n) => office.post('/auth/refresh', { refresh_token: `junk-${n}` }))
    expect(statuses(junk).filter((status) => status === 429).length).toBeGreaterThan(20)
    const pair = await office.post('/auth/refresh', { refresh_token: ben.refreshToken })
    expect(pair.status).toBe(200)
    // A page that starts without a session is no junk.
    expect((await office.post('/auth/refresh', {})).status).toBe(401)
    const many = await times(120, () =>
      office.post('/auth/refresh', { refresh_token: pair.body.refresh_token }),
    )
    expect(statuses(many).filter((status) => status === 429).length).toBeGreaterThan(20)
  })

  test('only an administrator may sign up a whole school from one address', async () => {
    const { server, ada } = at()
    const school = rest(server, ada, { 'x-forwarded-for': '203.0.113.60' })
    const draft = (name: string, n: number) => ({
      username: `${name}-${n}`,
      email: `${name}-${n}@example.org`,
      password: passwordOf(name),
    })
    expect(new Set(statuses(await times(45, (n) => school.post('/auth/signup', draft('pupil', n)))))).toEqual(
      new Set([201]),
    )
    const others = await times(45, (n) =>
      from(server, '203.0.113.60').post('/auth/signup', { ...draft('x', n), username: '' }),
    )
    expect(statuses(others)).not.toContain(201)
  })
})

test('a flood of strangers leaves room in the queue for known users', async () => {
  const hasher = createPasswordHasher({ concurrency: 1, queue: 3, memoryKiB: 1024, timeCost: 1 })
  const hash = await hasher.hash('the password of ben')
  const done: string[] = []
  const flood = Array.from({ length: 4 }, (_, n) =>
    hasher.verify('a guess', undefined).then(() => done.push(`stranger ${n}`)),
  )
  expect(hasher.verify('a guess', undefined)).rejects.toBeInstanceOf(HasherBusy)
  const known = hasher.verify('the password of ben', hash, 'known').then((right) => done.push(`ben ${right}`))
  await Promise.all([...flood, known])
  expect(done.indexOf('ben true')).toBe(1)
})

test('all spellings of an address count as the same address, and so does a /64 of IPv6', async () => {
  const server = await startServer({ database: 'postgres', settings })
  const forms: [string, (n: number) => string][] = [
    ['ports', (n) => `203.0.113.8:${2000 + n}`],
    ['brackets and ports', (n) => `[2001:db8::8]:${2000 + n}`],
    ['quotes', (n) => `"[2001:db8:1::8]:${2000 + n}"`],
    ['no address', (n) => `unknown${n}`],
    ['a /64', (n) => `2001:db8:2:3:${n}::1`],
    ['IPv4-mapped', (n) => (n % 2 ? '::ffff:203.0.113.20' : n % 3 ? '203.0.113.20' : '::FFFF:cb00:7114')],
    ['spellings', (n) => (n % 2 ? '2001:0DB8:0004:0000:0000:0000:0000:0001' : '2001:db8:4::1')],
    ['what a stranger wrote in front', (n) => `198.51.100.${n}, 203.0.113.9:${n + 1}`],
  ]
  for (const [what, form] of forms) {
    const answers = await times(80, (n) =>
      from(server, form(n)).post('/auth/refresh', { refresh_token: `junk ${n}` }),
    )
    const slowed = statuses(answers).filter((status) => status === 429).length
    expect(`${what}: ${slowed > 5}`).toBe(`${what}: true`)
  }
  const elsewhere = await from(server, '203.0.113.200').post('/auth/refresh', { refresh_token: 'junk' })
  expect(elsewhere.status).toBe(401)
  await server.stop()
})
