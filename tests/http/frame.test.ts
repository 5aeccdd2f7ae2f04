import { describe, expect, test } from 'bun:test'
import { createLog } from '../../src/log.ts'
import { cast } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { serverFor, startServer } from '../support/server.ts'

const listed = 'https://chat.example.org'
const at = serverFor({ settings: { CORS_ORIGINS: `${listed},http://localhost:5173` } }, cast)

describe('every response', () => {
  const asked: [string, string][] = [
    ['GET', '/health'],
    ['GET', '/users/me'],
    ['GET', '/nowhere'],
    ['POST', '/auth/login'],
    ['GET', '/'],
    ['GET', '/swagger'],
    ['GET', '/swagger/ui.js'],
    ['GET', '/swagger/json'],
    ['GET', '/metrics'],
    ['GET', '/ws'],
    ['OPTIONS', '/rooms'],
  ]
  test.each(asked)('carries the security headers and an id: %s %s', async (method, path) => {
    const { headers } = await rest(at().server).call(method, path)
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe|default-src[^;]*unsafe/)
    expect(headers.get('server')).toBeNull()
  })

  test('has an id of its own', async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, async () =>
        (await rest(at().server).get('/health')).headers.get('x-request-id'),
      ),
    )
    expect(new Set(ids).size).toBe(50)
  })
})

describe('a page of another origin', () => {
  test.each([listed, 'http://localhost:5173'])('may call when it is listed: %s', async (origin) => {
    const page = rest(at().server, at().ben, { origin })
    for (const answer of [
      await page.get('/users/me'),
      await page.get('/nowhere'),
      await page.call('OPTIONS', '/rooms'),
    ]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
      expect(answer.headers.get('vary')).toContain('Origin')
    }
    const preflight = await rest(at().server, undefined, {
      origin,
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'authorization',
    }).call('OPTIONS', '/rooms/general')
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
  })

  test.each([
    ...[
      'https://evil.example',
      `${listed}.evil.example`,
      `${listed}:8443`,
      'http://chat.example.org',
      'null',
      '*',
    ],
    ...[`${listed}/`, 'https://x.chat.example.org', 'HTTPS://CHAT.EXAMPLE.ORG', 'http://localhost:51730'],
  ])('may not when it is not: %s', async (origin) => {
    const page = rest(at().server, at().ben, { origin })
    for (const answer of [await page.get('/users/me'), await page.call('OPTIONS', '/rooms')]) {
      for (const name of ['allow-origin', 'allow-credentials', 'allow-methods', 'allow-headers']) {
        expect(answer.headers.get(`access-control-${name}`)).toBeNull()
      }
    }
  })
})

describe('health', () => {
  test('says that the process lives, and since when it is ready', async () => {
    const { server } = at()
    expect((await rest(server).get('/health')).body).toEqual({ status: 'ok', version: expect.any(String) })
    expect((await rest(server).get('/health/ready')).body).toEqual({
      status: 'ready',
      version: expect.any(String),
      disk: expect.any(String),
    })
  })

  test('is not ready without its database, and alive all the same', async () => {
    const server = await startServer()
    await server.tools.sql.close()
    const ready = await rest(server).get('/health/ready')
    expect([ready.status, ready.body.code]).toEqual([503, 'unavailable'])
    expect((await rest(server).get('/health')).status).toBe(200)
    expect((await rest(server).post('/auth/login', { username: 'x', password: 'y' })).status).toBe(503)
    await server.stop()
  })
})

describe('metrics', () => {
  const token = 'a-token-of-some-length'
  const asked = async (server: { url: string }, headers: object) =>
    rest(server, undefined, headers as Record<string, string>).get('/metrics')

  test.each([
    ['on', {}, 200],
    ['on', { host: 'evil.test', forwarded: 'for=203.0.113.7' }, 200],
    ['off', {}, 404],
    [`token:${token}`, {}, 404],
    [`token:${token}`, { authorization: 'Bearer another-token-of-length' }, 404],
    [`token:${token}`, { authorization: `Bearer ${token}`, host: 'chat.example.org', via: '1.1 proxy' }, 200],
  ])('with METRICS=%s and the headers %j: %i', async (setting, headers, expected) => {
    const server = await startServer({ settings: { METRICS: setting } })
    const { status, body } = await asked(server, headers)
    expect(status).toBe(expected)
    if (status === 200) expect(body).toContain('parley_http_requests_total')
    await server.stop()
  })

  test('are opened by METRICS_TOKEN from wherever, and the log does not have it', async () => {
    const elsewhere = { host: 'chat.example.org', 'x-forwarded-for': '203.0.113.7' }
    const lines: string[] = []
    const log = createLog({ level: 'debug', destination: { write: (line) => lines.push(line) } })
    const withMetrics = async (METRICS: string, ...tries: string[]) => {
      const server = await startServer({ settings: { METRICS, METRICS_TOKEN: token }, log })
      const answers = []
      for (const authorization of tries)
        answers.push(await asked(server, { ...elsewhere, ...(authorization && { authorization }) }))
      await server.stop()
      return answers.map(({ status }) => status)
    }
    const right = `Bearer ${token}`
    const wrong = ['', `${right}x`, `Bearer ${token.slice(1)}`, token, 'Bearer undefined', 'Bearer ']
    expect(await withMetrics('loopback', right, ...wrong)).toEqual([200, ...wrong.map(() => 404)])
    expect(await withMetrics('off', right)).toEqual([404])
    expect(lines.join('')).toContain('/metrics')
    expect(lines.join('')).not.toContain(token)
  })

  // A page whose name leads to 127.0.0.1 could read them (DNS rebinding), and so could everybody through a proxy that does not
  // send X-Forwarded-For.
  test('with METRICS=loopback are for this machine only', async () => {
    const { server } = at()
    const own = [
      {},
      { host: 'localhost' },
      { host: 'LOCALHOST:9' },
      { host: '127.0.0.1' },
      { host: '127.8.8.8:80' },
      { host: '[::1]:8000' },
    ]
    for (const headers of own)
      expect([headers, (await asked(server, headers)).status]).toEqual([headers, 200])
    const foreign = [
      ...[
        'evil.test',
        'chat.example.org',
        'localhost.evil.test',
        '127.0.0.1.evil.test',
        '127.evil.test',
        '[::2]',
        '1.2.3.4',
      ].map((host) => ({ host })),
      { 'x-forwarded-for': '203.0.113.7' },
      { 'x-forwarded-for': '' },
      { 'x-forwarded-host': 'chat.example.org' },
      { 'x-forwarded-proto': 'https' },
      { 'x-real-ip': '203.0.113.7' },
      { forwarded: 'for=203.0.113.7' },
      { via: '1.1 proxy' },
    ]
    for (const headers of foreign)
      expect([headers, (await asked(server, headers)).status]).toEqual([headers, 404])
  })

  test('count what happened, by patterns and never by names', async () => {
    const { server, ben } = at()
    await rest(server, ben).get('/rooms/a-name-in-a-path/messages')
    await rest(server, ben).get('/a-name-nowhere')
    const { body } = await rest(server).get('/metrics')
    expect(body).toContain('route="/rooms/:room/messages"')
    expect(body).not.toContain('a-name')
  })
})

// It was printed as it is set, and no program can open `http://[::]:8000`.
test.each([
  ['::', '[::1]'],
  ['[::]', '[::1]'],
  ['0:0::0', '[::1]'],
  ['0.0.0.0', '127.0.0.1'],
  ['::1', '[::1]'],
])('a server that listens on %s prints an address that opens', async (host, printed) => {
  const server = await startServer({ settings: { HOST: host } })
  expect(server.url).toBe(`http://${printed}:${server.port}`)
  expect((await rest(server).get('/health')).status).toBe(200)
  await server.stop()
})

test('a request with a long path, a long query or many headers is handled or refused, and the server stays up', async () => {
  const { server, ben } = at()
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`x-header-${n}`, 'x']))
  const tries = [`/${'x'.repeat(10_000)}`, `/rooms?after=${'x'.repeat(10_000)}`, `/${'a/'.repeat(4000)}`]
  for (const path of tries) expect([404, 414, 422, 431]).toContain((await rest(server, ben).get(path)).status)
  expect((await rest(server, ben, many).get('/users/me')).status).toBeLessThan(500)
  expect((await rest(server, ben).get('/users/me')).status).toBe(200)
})
