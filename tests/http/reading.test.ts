import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, passwordOf, post } from '../support/cast.ts'
import { rest, socketOf, tryUpgrade } from '../support/client.ts'
import { serverFor } from '../support/server.ts'

/* How a request is read, before anybody looks at what it wants: nothing here asks the database. */

const at = serverFor({}, async (server) => {
  const people = await cast(server)
  const room = await makeRoom(server, people.ben)
  await post(server, people.ben, room, 'There')
  return { ...people, room }
})
const api = (headers: Record<string, string> = {}) => rest(at().server, at().ben, headers)

const aLimit = (path: string, most: number) => ({
  path,
  reason: 'not_in_range',
  params: { min: 1, max: most },
  message: `This must be a whole number from 1 to ${most}.`,
})

describe('a number in a URL', () => {
  // Number() took all of these, so that one message had many addresses.
  const odd = [
    '0x1',
    '1e0',
    '+1',
    '-1',
    '1.0',
    '%20',
    '%201',
    '1%20',
    '',
    '1,1',
    'abc',
    '１',
    'Infinity',
    '1n',
    '1_0',
    '0b1',
  ]

  test.each(odd)('is written in decimal digits: not as %j', async (text) => {
    const { room } = at()
    for (const name of ['before', 'after', 'limit']) {
      const { status, body } = await api().get(`/rooms/${room}/messages?${name}=${text}`)
      expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([422, [`/${name}`]])
    }
    expect((await api().get(`/rooms/${room}/log?since=${text}`)).body.errors[0].path).toBe('/since')
    if (text === '') return
    for (const [method, path] of [
      ['GET', `/messages/${text}`],
      ['DELETE', `/messages/${text}`],
      ['PUT', `/messages/${text}/reactions/x`],
      ['PUT', `/pins/${text}`],
    ] as const) {
      const { status, body } = await api().call(method, `/rooms/${room}${path}`)
      expect([path, status, body.errors[0].path]).toEqual([path, 422, '/seq'])
    }
  })

  test('is read when it is', async () => {
    const { room } = at()
    for (const path of [
      '/messages?limit=1',
      '/messages?limit=100&before=9007199254740991',
      '/log?since=0',
      '/messages/2',
    ]) {
      expect([path, (await api().get(`/rooms/${room}${path}`)).status]).toEqual([path, 200])
    }
  })

  test.each(['500', '0', '101', 'abc', '1.5', '-1'])(
    'that is no limit says what one is: %s',
    async (limit) => {
      const { room, ada, server } = at()
      const paths = [
        `/rooms/${room}/messages`,
        '/rooms',
        `/rooms/${room}/members`,
        `/rooms/${room}/pins`,
        '/users',
        '/audit',
      ]
      for (const path of paths) {
        const { status, body } = await rest(server, ada).get(`${path}?limit=${limit}`)
        expect([path, status, body.errors]).toEqual([path, 422, [aLimit('/limit', 100)]])
      }
      const log = await api().get(
        `/rooms/${room}/log?limit=${limit === '500' ? '501' : limit === '101' ? '0' : limit}`,
      )
      expect(log.body.errors).toEqual([aLimit('/limit', 500)])
    },
  )

  test.each([500, 0, 1.5, '5', null])('says the same on a socket: %j', async (limit) => {
    const { server, ben, room } = at()
    const socket = await socketOf(server, ben)
    const { code, errors } = await socket.ask({ type: 'message.list', room, limit })
    expect([code, errors]).toEqual(['invalid', [aLimit('/limit', 100)]])
    await socket.close()
  })
})

test('a wrong field says what it may be, and not what it is for', async () => {
  const { body } = await api().post('/rooms', { id: 'X y' })
  expect(body.errors).toEqual([
    {
      path: '/id',
      reason: 'room_id_format',
      message: 'Use 1 to 64 lower-case letters a–z, digits, dashes or underscores.',
    },
  ])
})

describe('what is given twice is refused', () => {
  test.each([
    'limit=1&limit=2',
    'limit=1&limit=1',
    'after=1&after=2',
    'limit=1&l%69mit=2',
    'limit=1&before=5&limit',
  ])('in a query: %s', async (query) => {
    const { status, body } = await api().get(`/rooms/${at().room}/messages?${query}`)
    const name = query.slice(0, query.indexOf('='))
    expect([status, body.errors[0].path, body.errors[0].reason]).toEqual([422, `/${name}`, 'repeated_field'])
  })

  test('in the address of a socket', async () => {
    const { server, ben, ada } = at()
    const { status, text } = await tryUpgrade(server, `/ws?token=${ben.token}&token=${ada.token}`)
    expect([status, text.includes('repeated_field')]).toEqual([422, true])
    expect((await tryUpgrade(server, `/ws?token=${ben.token}`)).status).toBe(101)
  })

  // JSON.parse takes the last, and other parsers the first (RFC 8259 section 4).
  const twice = [
    '{"content":"a","content":"b"}',
    '{"content":"a","content":"a"}',
    '{"content":"a","c\\u006fntent":"b"}',
    '{"content":"a" , "content"\n:\t"b"}',
    '{"content":"\\\\","content":"\\""}',
    '{"content":"a","reply_to":1,"reply_to":1}',
    '{"content":"a","__proto__":1,"__proto__":1}',
    '{"content":"a","x":{"y":[{"z":1,"z":2}]}}',
  ]
  test.each(twice)('in JSON, on both doors: %s', async (text) => {
    const { server, ben, room } = at()
    const { status, body } = await api().post(`/rooms/${room}/messages`, text)
    expect([status, body.errors[0].reason]).toEqual([422, 'repeated_field'])
    for (const [path, about] of [
      ['/ws', `{"type":"message.send","ref":7,"room":"${room}",`],
      [`/ws/${room}`, '{"type":"message.send","ref":7,'],
    ] as const) {
      const socket = await socketOf(server, ben, path)
      socket.send(text.replace('{', about))
      const answer = await socket.next(({ ref }) => ref === 7)
      expect([answer.code, answer.errors?.[0].reason]).toEqual(['invalid', 'repeated_field'])
      await socket.close()
    }
  })

  test.each(['a "content": "b"', '\\', '\\"', '":"":"', '{"a":1,"a":2}', '"', ' : '])(
    'but a text may look so: %j',
    async (content) => {
      const { server, ben, room } = at()
      const sent = await api().post(`/rooms/${room}/messages`, { content })
      expect([sent.status, sent.body.content]).toEqual([201, content])
      const socket = await socketOf(server, ben)
      expect((await socket.ask({ type: 'message.send', room, content })).type).toBe('reply')
      await socket.close()
    },
  )

  test('in a form', async () => {
    const form = 'grant_type=password&username=ben&username=ada&password=x'
    const { status, body } = await api({ 'content-type': 'application/x-www-form-urlencoded' }).post(
      '/auth/token',
      form,
    )
    expect([status, body.errors[0].reason]).toEqual([422, 'repeated_field'])
  })
})

// Over REST it was read, and on the simple socket a frame with it was sent as the text of a message.
test('a byte order mark before JSON is passed over, on both doors', async () => {
  const { server, ben, room } = at()
  const sent = await api().post(`/rooms/${room}/messages`, `\ufeff${JSON.stringify({ content: 'marked' })}`)
  expect([sent.status, sent.body.content]).toEqual([201, 'marked'])
  for (const path of ['/ws', `/ws/${room}`]) {
    const socket = await socketOf(server, ben, path)
    socket.send(`\ufeff${JSON.stringify({ type: 'message.send', ref: 1, room, content: 'marked' })}`)
    expect((await socket.next(({ ref }) => ref === 1)).type).toBe('reply')
    await socket.close()
  }
})

describe('a refusal repeats nothing of the request', () => {
  const secret = 'canary'
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  // Somebody who forgets to encode the & of a password has made its end a field; -d of curl makes JSON the name of a field.
  test.each([
    [form, `grant_type=password&username=ben&password=a&${secret}`],
    [form, `grant_type=password&username=ben&password=a&${secret}=b`],
    [form, secret],
    [form, `{"username":"ben","password":"${secret}"}`],
    [form, `grant_type=${secret}`],
    [{}, `{"grant_type":"password","password":"${secret}"}`],
    [{ 'content-type': '' }, `{"username":"ben","password":"${secret}"}`],
    [{ 'content-type': 'text/plain' }, `username=ben&password=${secret}`],
  ])('with %j and the body %s', async (headers, text) => {
    for (const path of ['/auth/token', '/auth/login', '/auth/signup']) {
      const { status, body } = await api(headers as Record<string, string>).post(path, text)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(JSON.stringify(body)).not.toContain(secret)
    }
  })

  test('on a socket', async () => {
    const { server, ben } = at()
    const socket = await socketOf(server, ben)
    for (const frame of [
      { type: secret },
      { type: 'session.renew', token: [secret] },
      { type: 'session.renew', token: 'x', [`{"token":"${secret}"}`]: 1 },
      { type: 'typing.start', room: { [secret]: secret } },
    ]) {
      expect(JSON.stringify(await socket.ask(frame))).not.toContain(secret)
    }
    await socket.close()
  })
})

describe('an access token has one spelling', () => {
  const last = (token: string) => token.slice(0, -1)
  /** The last character of 256 bits has two bits that mean nothing. */
  const twin = (token: string) => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return last(token) + letters[letters.indexOf(token.at(-1)!) ^ 1]
  }
  test.each<[string, (token: string) => string]>([
    ['padding', (token) => `${token}=`],
    ['two of it', (token) => `${token}==`],
    ['padding in the header', (token) => token.replace('.', '=.')],
    ['other bits at the end', twin],
    ['a dot at the end', (token) => `${token}.`],
  ])('with %s it is refused', async (_, change) => {
    const { server } = at()
    const { body } = await rest(server).post('/auth/login', { username: 'ben', password: passwordOf('ben') })
    const token = change(body.access_token)
    expect((await rest(server, { token }).get('/users/me')).status).toBe(401)
    expect((await tryUpgrade(server, `/ws?token=${encodeURIComponent(token)}`)).status).toBe(401)
    expect((await rest(server, { token: body.access_token }).get('/users/me')).status).toBe(200)
  })
})

test('every answer but the files of the page says that it must not be stored', async () => {
  const { server, ben, room } = at()
  for (const answer of [
    await api().get('/users/me'),
    await api().get('/rooms'),
    await api().get(`/rooms/${room}/messages`),
    await api().get(`/rooms/${room}/log`),
    await api().get('/rooms/nowhere'),
    await api().get('/nowhere'),
    await api().post('/tokens', { name: 'x', scopes: ['read'] }),
    await api().post('/auth/ticket'),
    await api().put(`/rooms/${room}/members/me`, {}),
    await api().post('/rooms', { id: 'X y' }),
    await rest(server).post('/auth/login', { username: 'ben', password: passwordOf('ben') }),
    await rest(server).get('/users/me'),
    await rest(server, undefined, { cookie: `parley_access=${ben.token}` }).get('/users/me'),
  ]) {
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([answer.status, 'no-store'])
  }
  const page = await rest(server).get('/')
  expect(page.headers.get('cache-control')).toBe('no-cache')
  const script = /\/assets\/[\w-]+\.js/.exec(page.body)![0]
  expect((await rest(server).get(script)).headers.get('cache-control')).toContain('immutable')
})
