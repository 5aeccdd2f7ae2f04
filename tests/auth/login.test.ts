import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, passwordOf } from '../support/cast.ts'
import { rest, socketOf } from '../support/client.ts'
import { cpuMs } from '../support/cpu.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const logIn = (body: unknown) => rest(at().server).post('/auth/login', body)
  const form = (fields: Record<string, string>) =>
    rest(at().server, undefined, { 'content-type': 'application/x-www-form-urlencoded' }).post(
      '/auth/token',
      new URLSearchParams(fields).toString(),
    )
  const password = passwordOf('ben')

  test.each([
    ['the username', { username: 'ben' }],
    ['the username in another case', { username: 'BEN' }],
    ['the address', { email: 'ben@example.org' }],
    ['the address in another case', { email: 'Ben@Example.ORG' }],
    ['the address where the username goes', { username: 'ben@example.org' }],
  ])('one signs in with %s', async (_, name) => {
    const { status, body } = await logIn({ ...name, password })
    expect([status, body.user?.username, body.token_type]).toEqual([200, 'ben', 'bearer'])
  })

  test('a wrong password and an unknown name get the same response', async () => {
    const wrong = await logIn({ username: 'ben', password: 'not his password' })
    const unknown = await logIn({ username: 'nobody-here', password: 'not his password' })
    expect(wrong.status).toBe(401)
    expect(unknown.body).toEqual(wrong.body)
    expect(unknown.status).toBe(wrong.status)
  })

  test.each([
    ['no password', { username: 'ben' }],
    ['no name', { password: 'x' }],
    ['a list as name', { username: ['ben'], password: 'x' }],
    ['an object as password', { username: 'ben', password: { $ne: null } }],
    ['a field too many', { username: 'ben', password, admin: true }],
  ])('%s is refused as malformed', async (_, body) => {
    expect((await logIn(body)).status).toBe(422)
  })

  test.each(["ben' or '1'='1", 'ben\0', '\0', 'ben\ud800', '%', 'ben%00'])(
    'the odd name %j is just unknown',
    async (username) => {
      expect((await logIn({ username, password })).status).toBe(401)
    },
  )

  test('the OAuth2 form gets the OAuth2 response', async () => {
    const { status, body, headers } = await form({ grant_type: 'password', username: 'ben', password })
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type'])
    expect(headers.get('cache-control')).toBe('no-store')
    const me = await rest(at().server, { token: body.access_token }).get('/users/me')
    expect(me.body.username).toBe('ben')
    const again = await form({ grant_type: 'refresh_token', refresh_token: body.refresh_token })
    expect([again.status, again.body.token_type]).toEqual([200, 'bearer'])
  })

  test('the OAuth2 form refuses what the other door refuses', async () => {
    expect((await form({ grant_type: 'password', username: 'ben', password: 'wrong one' })).status).toBe(401)
    expect((await form({ grant_type: 'refresh_token', refresh_token: 'x' })).status).toBe(401)
    expect((await form({ grant_type: 'client_credentials', username: 'ben', password })).status).toBe(422)
    expect((await form({ grant_type: 'password', username: 'ben', password, role: 'admin' })).status).toBe(
      422,
    )
    expect((await form({})).status).toBe(422)
  })
})

describe('against guessing', () => {
  // As much memory as for an operator, and half of the time.
  const at = serverFor({ policy: { passwordCost: { memoryKiB: 19_456, timeCost: 1 } } }, cast)

  test('an unknown user takes as long as a known one', async () => {
    const { server } = at()
    const took = (username: string) =>
      cpuMs(() => rest(server).post('/auth/login', { username, password: 'certainly not it' }))
    const times = { known: [] as number[], unknown: [] as number[] }
    await took('ben')
    for (let n = 0; n < 15; n++) {
      times.known.push(await took('ben'))
      times.unknown.push(await took(`nobody-${n}`))
    }
    const median = (list: number[]) => list.sort((a, b) => a - b)[7]!
    const ratio = median(times.unknown) / median(times.known)
    expect(ratio).toBeGreaterThan(0.6)
    expect(ratio).toBeLessThan(1.7)
  })

  test('500 logins at once take bounded memory and do not slow messages down; some get 429', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    const before = process.memoryUsage.rss()
    let over = false
    let peak = 0
    let slowest = 0
    const began = performance.now()
    const flood = Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        rest(server).post('/auth/login', {
          username: n % 2 ? 'ben' : `nobody-${n}`,
          password: 'wrong, wrong',
        }),
      ),
    ).finally(() => {
      over = true
    })
    while (!over) {
      const started = performance.now()
      await socket.ask({ type: 'message.send', room, content: 'still here' })
      slowest = Math.max(slowest, performance.now() - started)
      peak = Math.max(peak, process.memoryUsage.rss() - before)
      await Bun.sleep(10)
    }
    const answers = await flood
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]))
    const waiting = answers.find(({ status }) => status === 429)!
    expect(waiting.body).toMatchObject({ code: 'rate_limited', retry_after_ms: expect.any(Number) })
    expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0)
    // One after the other they would take 500 × 19 MiB.
    expect(peak / 2 ** 20).toBeLessThan(400)
    // A send that waited for its turn among the logins would take as long as all of them.
    expect(slowest).toBeLessThan((performance.now() - began) / 3)
    await socket.close()
  })
})

test('password guesses for one account are limited, from one address and from many', async () => {
  const server = await startServer({ settings: { RATE_LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' } })
  await cast(server)
  // At once: one after the other they can take so long that the account has more attempts again.
  const statuses = await Promise.all(
    Array.from({ length: 14 }, async (_, n) => {
      const from = rest(server, undefined, { 'x-forwarded-for': `203.0.113.${n}` })
      return (await from.post('/auth/login', { username: 'ben', password: 'a guess' })).status
    }),
  )
  expect(statuses.sort()).toEqual([...Array(12).fill(401), 429, 429])
  await server.stop()
})

test('a stranger cannot choose the address that is counted', async () => {
  const server = await startServer({ settings: { RATE_LIMITS: 'on' } })
  const began = performance.now()
  const statuses = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => {
      const guess = rest(server, undefined, { 'x-forwarded-for': `203.0.113.${n}` })
      return (await guess.post('/auth/login', { username: `n${n}`, password: 'x' })).status
    }),
  )
  // 60 at once, and one more each second.
  const allowed = 60 + Math.ceil((performance.now() - began) / 1000)
  const passed = statuses.filter((status) => status !== 429).length
  expect(passed).toBeLessThanOrEqual(allowed)
  expect(passed).toBeLessThan(100)
  await server.stop()
})
