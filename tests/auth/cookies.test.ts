import { describe, expect, test } from 'bun:test'
import { cast, passwordOf, setUp } from '../support/cast.ts'
import { openSocket, rest, tryUpgrade } from '../support/client.ts'
import { serverFor } from '../support/server.ts'

const listed = 'https://chat.example.org'
const at = serverFor({ settings: { CORS_ORIGINS: listed } }, cast)
const own = () => at().server.url

/** Signs in as a page does, and answers what its browser would send along. */
async function pageSession(origin = own()) {
  const page = rest(at().server, undefined, { origin, 'x-session': 'cookie' })
  const response = await page.post('/auth/login', { username: 'ben', password: passwordOf('ben') })
  const cookies = response.headers.getSetCookie()
  return { ...response, cookies, cookie: cookies.map((each) => each.split(';')[0]).join('; ') }
}

test('a page that asks for it gets its session in cookies that no script can read, and no token', async () => {
  const { status, body, cookies, headers } = await pageSession()
  expect(status).toBe(200)
  // It was in a header too, where a script of the page could have read it.
  expect(headers.get('x-device')).toBeNull()
  expect(body).toEqual({
    user: expect.objectContaining({ username: 'ben' }),
    token_type: 'cookie',
    expires_in: 900,
  })
  expect(cookies.map((cookie) => cookie.split('=')[0]).sort()).toEqual([
    'parley_access',
    'parley_device',
    'parley_refresh',
  ])
  for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/)
  expect(cookies.find((cookie) => cookie.startsWith('parley_refresh='))).toContain('Path=/auth;')
})

describe('behind https', () => {
  const behind = serverFor(
    { settings: { PUBLIC_URL: listed, CORS_ORIGINS: 'https://other.example.org' } },
    async (server) => {
      const local = { ...server, url: `http://127.0.0.1:${server.port}`, setupCode: server.setupCode }
      await setUp(local, 'ada')
      return { local }
    },
  )
  const signIn = async (origin = listed) => {
    const page = rest(behind().local, undefined, { origin, 'x-session': 'cookie' })
    return page.post('/auth/login', { username: 'ada', password: passwordOf('ada') })
  }
  const cookiesOf = async () => (await signIn()).headers.getSetCookie()

  // Another host of the domain could set a session of its own, because the names had no prefix.
  test('the cookies are for https and this very host only', async () => {
    const response = await signIn()
    const cookies = response.headers.getSetCookie()
    expect(cookies.map((cookie) => cookie.split('=')[0]).sort()).toEqual([
      '__Host-parley_access',
      '__Host-parley_device',
      '__Host-parley_refresh',
    ])
    for (const cookie of cookies) {
      expect(cookie).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/)
    }
    expect(response.headers.get('strict-transport-security')).toContain('max-age=')
  })

  test('the cookies work, and without the prefix they do not', async () => {
    const cookie = (await cookiesOf()).map((each) => each.split(';')[0]).join('; ')
    const page = (given: string) =>
      rest(behind().local, undefined, { cookie: given, origin: listed, 'x-session': 'cookie' })
    expect((await page(cookie).get('/users/me')).body.username).toBe('ada')
    expect((await page(cookie).post('/auth/refresh', {})).status).toBe(200)
    const bare = cookie.replaceAll('__Host-', '')
    expect((await page(bare).get('/users/me')).status).toBe(401)
    expect((await page(bare).post('/auth/refresh', {})).status).toBe(401)
    const out = await page(cookie).post('/auth/logout')
    expect(out.headers.getSetCookie().map((each) => each.split(';')[0])).toEqual([
      '__Host-parley_access=',
      '__Host-parley_refresh=',
    ])
  })

  // The name in Host counted as our own.
  test('only PUBLIC_URL and CORS_ORIGINS act with a cookie', async () => {
    const { local } = behind()
    const cookie = (await cookiesOf()).map((each) => each.split(';')[0]).join('; ')
    const tries: [origin: string, host: string, status: number][] = [
      [listed, 'chat.example.org', 204],
      ['https://other.example.org', 'chat.example.org', 204],
      ['http://chat.example.org', 'chat.example.org', 403],
      ['http://evil.test', 'evil.test', 403],
      ['https://evil.test', 'evil.test', 403],
      [local.url, new URL(local.url).host, 403],
    ]
    for (const [origin, host, status] of tries) {
      const response = await rest(local, undefined, { cookie, origin, host }).put(
        '/rooms/general/members/me',
        {},
      )
      expect([origin, response.status]).toEqual([origin, status])
      const socket = await tryUpgrade(local, '/ws', { cookie, origin, host })
      expect([origin, socket.status]).toEqual([origin, status === 204 ? 101 : 403])
      expect([origin, (await signIn(origin)).status]).toEqual([origin, status === 204 ? 200 : 403])
    }
  })
})

const foreign: [string, () => string | undefined][] = [
  ['another site', () => 'https://evil.example'],
  ['no origin', () => undefined],
  ['an opaque origin', () => 'null'],
  ['a look-alike with more behind', () => `${own()}.evil.example`],
  ['a look-alike with more before', () => own().replace('127.0.0.1', 'x127.0.0.1')],
  ['another port', () => own().replace(/:\d+$/, ':1')],
  ['the listed one as a part', () => `${listed}.evil.example`],
  ['the listed one over http', () => listed.replace('https', 'http')],
  ['a subdomain of the listed one', () => listed.replace('chat', 'x.chat')],
  ['the listed one with a slash', () => `${listed}/`],
  ['the listed one with a user', () => 'https://chat.example.org@evil.example'],
]

describe('a request with the cookie', () => {
  test.each(foreign)('from %s changes nothing and opens no socket', async (_, origin) => {
    const { server } = at()
    const { cookie } = await pageSession()
    const from = origin()
    const headers = { cookie, ...(from === undefined ? {} : { origin: from }) }
    const api = rest(server, undefined, headers)
    for (const response of [
      await api.post('/rooms', { id: 'by-another-page' }),
      await api.post('/auth/logout'),
      await api.post('/auth/refresh', {}),
      await api.patch('/users/me', { display_name: 'Owned' }),
      await api.put('/rooms/general/members/me', {}),
      await api.delete('/rooms/general/members/me'),
      await api.post('/auth/ticket'),
    ]) {
      expect([response.status, response.body.code]).toEqual([403, 'forbidden'])
    }
    // A page of this origin sends no Origin when it only reads.
    expect((await api.get('/users/me')).status).toBe(from === undefined ? 200 : 403)
    expect((await tryUpgrade(server, '/ws', headers)).status).toBe(403)
    expect((await tryUpgrade(server, '/ws/general', headers)).status).toBe(403)
    const same = await rest(server, undefined, { cookie, origin: own() }).get('/users/me')
    expect(same.body.display_name).toBe('ben')
  })

  test.each([
    ['our own page', own],
    ['a listed page', () => listed],
  ])('from %s may do everything', async (_, origin) => {
    const { server } = at()
    const { cookie } = await pageSession(origin())
    const headers = { cookie, origin: origin() }
    expect((await rest(server, undefined, headers).get('/users/me')).status).toBe(200)
    expect((await rest(server, undefined, headers).put('/rooms/general/members/me', {})).status).toBe(204)
    const socket = await openSocket(`${server.url}/ws`, headers)
    expect((await socket.next('hello')).user.username).toBe('ben')
    await socket.close()
    const refreshed = await rest(server, undefined, { ...headers, 'x-session': 'cookie' }).post(
      '/auth/refresh',
      {},
    )
    expect([refreshed.status, refreshed.body.token_type]).toEqual([200, 'cookie'])
    const out = await rest(server, undefined, headers).post('/auth/logout')
    expect(out.status).toBe(204)
    expect(out.headers.getSetCookie().every((each) => /=; .*Max-Age=0/.test(each))).toBe(true)
    expect((await rest(server, undefined, headers).get('/users/me')).status).toBe(401)
  })
})

test('a foreign page gets no cookie session, and opens no socket even with a token of its own', async () => {
  const { server, ben } = at()
  const { status, cookies } = await pageSession('https://evil.example')
  expect([status, cookies]).toEqual([403, []])
  expect(
    (await tryUpgrade(server, `/ws?token=${ben.token}`, { origin: 'https://evil.example' })).status,
  ).toBe(403)
  expect((await tryUpgrade(server, `/ws?token=${ben.token}`, { origin: own() })).status).toBe(101)
  expect((await tryUpgrade(server, `/ws?token=${ben.token}`)).status).toBe(101)
})
