// Longer than 300 lines: one table of what may be wrong with a request, and what is answered.
import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Answer, rest, socketOf } from '../support/client.ts'
import { cpuMs } from '../support/cpu.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

const codes: Record<number, string> = {
  ...{ 400: 'bad_request', 401: 'unauthenticated', 403: 'forbidden', 404: 'not_found', 409: 'conflict' },
  ...{
    410: 'gone',
    413: 'too_large',
    415: 'unsupported_media_type',
    422: 'invalid',
    429: 'rate_limited',
    500: 'internal',
    503: 'unavailable',
  },
}

function expectProblem({ status, headers, body }: Answer, ...allowed: number[]): void {
  expect(allowed).toContain(status)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(body).toMatchObject({ type: 'about:blank', status, code: codes[status], title: expect.any(String) })
  expect(body).toMatchObject({ reason: expect.stringMatching(/^[a-z_]+$/), detail: expect.any(String) })
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  if (status === 401) expect(headers.get('www-authenticate')).toBe('Bearer')
  if (status === 422) expect(body.errors.length).toBeGreaterThan(0)
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => {
    const people = await cast(server)
    const room = await makeRoom(server, people.ben)
    const seq = await post(server, people.ben, room, 'There')
    return { ...people, room, seq }
  })
  const api = (headers: Record<string, string> = {}) => rest(at().server, at().ben, headers)

  test.each([
    '/nowhere',
    '/rooms/general/nowhere',
    '/auth',
    '/users/me/x',
    '/assets/nothing.js',
    '/.env',
    '/ws/a/b',
  ])('there is nothing at %s, and it says so as a problem', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      expectProblem(await rest(at().server, at().ben).call(method, path), 404)
    }
  })

  test.each(['{', '{"username":', 'nonsense', '{"a":1}}', '\u0000', "{'a':1}"])(
    'the body %j is no JSON: 400',
    async (body) => {
      expectProblem(await api().post('/auth/login', body), 400)
      expectProblem(await api().post(`/rooms/${at().room}/messages`, body), 400)
    },
  )

  // Elysia takes a body that may be left out and cannot be read for one that was left out: a person who wanted an invite for
  // one person had one for all.
  test.each([
    ['cut short', '{"max_uses":1'],
    ['deep', `{"max_uses":${'['.repeat(1000)}${']'.repeat(1000)}}`],
    ['no JSON', 'max_uses=1'],
    ['no object', '"max_uses"'],
  ])('a body that could be left out is not passed over when it is %s', async (_, body) => {
    const { room } = at()
    for (const path of [`/rooms/${room}/invites`, '/rooms', '/invites/x/accept']) {
      expectProblem(await api().post(path, body), 400)
    }
    expect((await api().get(`/rooms/${room}/invites`)).body.items).toEqual([])
  })

  // Elysia spells out what it refuses: these overflowed its stack, or took it seconds, or had no words.
  test.each([
    ['60 KB of brackets', `{"password":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['30 KB of braces', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
    ['an object that does not let itself be written', '{"username":"ben","password":{"toString":1}}'],
    ['a list with one', '{"username":"ben","password":[{"toString":1}]}'],
  ])('%s is refused at once', async (_, body) => {
    const spentMs = await cpuMs(async () => {
      for (const path of [
        '/auth/login',
        '/tokens',
        `/rooms/${at().room}/messages`,
        `/rooms/${at().room}/webhooks`,
      ]) {
        expectProblem(await api().post(path, body), 400)
        const form = `--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n${body}\r\n--x--\r\n`
        const asForm = api({ 'content-type': 'multipart/form-data; boundary=x' })
        expectProblem(await asForm.post(path, form), 415)
      }
    })
    // For all eight, of this process alone; each took seconds.
    expect(spentMs).toBeLessThan(2000)
  })

  test.each(['null', '[]', '5', '"text"', '[{}]', 'true', ''])(
    'the body %j is JSON but no object: 422',
    async (body) => {
      expectProblem(await api().post('/auth/login', body), 422, 400)
      expectProblem(await api().post('/rooms', body), 422, 400)
    },
  )

  // Elysia compared media types by their thirteenth letter, and took what it did not know, or what had no type, as it liked.
  test.each([
    ...[
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'x',
      '',
    ],
    ...[
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'text/json',
      'application/json, text/plain',
    ],
  ])('a body of the kind %j is refused', async (type) => {
    const odd = api({ 'content-type': type })
    const { room } = at()
    for (const [method, path, body] of [
      ['POST', '/auth/login', { username: 'ben', password: 'x' }],
      ['POST', '/rooms', { id: 'other-type' }],
      ['POST', `/rooms/${room}/invites`, { max_uses: 1 }],
      ['PATCH', '/users/me', { display_name: 'Other' }],
      ['DELETE', '/users/me', { messages: 'delete' }],
      ['PUT', `/rooms/${room}/read`, { seq: 1 }],
    ] as const) {
      const answer = await odd.call(method, path, body)
      expect([path, answer.body.reason]).toEqual([path, 'json_expected'])
      expectProblem(answer, 415)
    }
  })

  test.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;',
    ' application/json ;a="b"',
  ])('a body of the kind %j is JSON', async (type) => {
    const { body } = await api({ 'content-type': type }).post(`/rooms/${at().room}/invites`, { max_uses: 1 })
    expect(body.max_uses).toBe(1)
    await api().delete(`/rooms/${at().room}/invites/${body.id}`)
  })

  test('a body that may be left out needs no content type when it is left out', async () => {
    const { room } = at()
    for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-type': 'text/plain' }]) {
      const { status, body } = await api(headers).post(`/rooms/${room}/invites`)
      expect([headers, status]).toEqual([headers, 201])
      await api().delete(`/rooms/${room}/invites/${body.id}`)
      expect((await api(headers).put(`/rooms/${room}/members/me`)).status).toBe(204)
    }
  })

  test('what is no form is refused where a form is expected, and what is no UTF-8 everywhere', async () => {
    const answer = await api().post('/auth/token', { grant_type: 'password', username: 'ben', password: 'x' })
    expect(answer.body.reason).toBe('form_expected')
    expectProblem(answer, 415)
    const { server, ben, room } = at()
    const response = await fetch(`${server.url}/rooms/${room}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ben.token}`, 'content-type': 'application/json' },
      body: new Uint8Array([...new TextEncoder().encode('{"content":"'), 0xff, 0x22, 0x7d]),
    })
    expect([response.status, ((await response.json()) as { reason: string }).reason]).toEqual([
      400,
      'not_json',
    ])
  })

  test.each([
    ['POST', '/rooms', { id: 'extra-field' }],
    ['PATCH', '/users/me', { display_name: 'Ben' }],
    ['POST', '/rooms/:room/messages', { content: 'x' }],
    ['PATCH', '/rooms/:room/messages/:seq', { content: 'x' }],
    ['PUT', '/rooms/:room/read', { seq: 1 }],
    ['PATCH', '/rooms/:room', { title: 'x' }],
    ['PUT', '/rooms/:room/members/ben', {}],
    ['POST', '/auth/refresh', {}],
  ])('an unknown field is refused: %s %s', async (method, path, body) => {
    const { room, seq } = at()
    const place = path.replace(':room', room).replace(':seq', String(seq))
    const answer = await api().call(method, place, { ...body, nobody_knows: 1 })
    expectProblem(answer, 422)
    expect(answer.body.errors[0].path).toBe('/nobody_knows')
  })

  test.each([
    '/rooms?nobody_knows=1',
    '/rooms/:room/messages?nobody_knows=1',
    '/rooms/:room/log?x=1',
    '/rooms/:room/members?x=1',
  ])('an unknown name in the query is refused: %s', async (path) =>
    expectProblem(await api().get(path.replace(':room', at().room)), 422),
  )

  test('an unknown field of a command is refused as well', async () => {
    const socket = await socketOf(at().server, at().ben)
    for (const command of [
      { type: 'message.send', room: at().room, content: 'x' },
      { type: 'room.subscribe', room: at().room },
      { type: 'ping' },
    ]) {
      const { code, errors } = await socket.ask({ ...command, nobody_knows: 1 })
      expect([code, errors[0].path]).toEqual(['invalid', '/nobody_knows'])
    }
    await socket.close()
  })

  test('a body over 64 KB is too large, declared or not', async () => {
    const { server, ben, room } = at()
    const big = JSON.stringify({ content: 'x'.repeat(70_000) })
    expectProblem(await api().post(`/rooms/${room}/messages`, big), 413)
    const undeclared = new ReadableStream({
      start(stream) {
        stream.enqueue(new TextEncoder().encode(big))
        stream.close()
      },
    })
    const response = await fetch(`${server.url}/rooms/${room}/messages`, {
      method: 'POST',
      body: undeclared,
      headers: { authorization: `Bearer ${ben.token}`, 'content-type': 'application/json' },
    })
    expect([413, 422]).toContain(response.status)
    expectProblem(await api().post(`/rooms/${room}/messages`, { content: 'x'.repeat(8001) }), 422)
  })

  const oddRooms = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'room:1',
    'user:1',
    'x'.repeat(128),
    'x'.repeat(129),
  ]
  const oddNames = [
    ...oddRooms,
    '%00',
    '%ff',
    '%E0%A4%A',
    '..%2f..',
    '%F0%9F%8E%88',
    "'; drop table rooms",
    '%25',
    '*',
    '%20',
    '%0a',
  ]
  test.each(oddNames)('a room called %s is just not there', async (name) => {
    for (const path of ['', '/messages', '/messages/1', '/log', '/members']) {
      expectProblem(await api().get(`/rooms/${name}${path}`), 404, 422, 400)
    }
    expectProblem(await api().put(`/rooms/${name}/members/me`, {}), 404, 422, 400)
    expectProblem(await api().post(`/rooms/${name}/messages`, { content: 'x' }), 404, 422, 400)
  })

  test.each(oddNames)('a member called %s is just not there', async (name) => {
    expectProblem(await api().put(`/rooms/${at().room}/members/${name}`, {}), 404, 422, 400)
    expectProblem(await api().delete(`/rooms/${at().room}/members/${name}`), 404, 422, 400)
    expectProblem(await api().get(`/users/${name}`), 404, 422, 400)
  })

  test.each([
    '0',
    '-1',
    '1.5',
    '1e400',
    'NaN',
    'Infinity',
    '-0',
    '9007199254740993',
    '99999999999999999999',
    'x',
    '%00',
    '__proto__',
    '0x',
    '1,2',
    '%20',
  ])('a message numbered %s is refused or not there', async (seq) => {
    const { room } = at()
    for (const [method, path, body] of [
      ['GET', `/messages/${seq}`],
      ['PATCH', `/messages/${seq}`, { content: 'x' }],
      ['DELETE', `/messages/${seq}`],
      ['PUT', `/messages/${seq}/reactions/x`],
      ['PUT', `/pins/${seq}`],
    ] as const) {
      expectProblem(await api().call(method, `/rooms/${room}${path}`, body), 422, 404, 400)
    }
  })

  test.each(['', '-1', '1.5', 'x', '%00', '1e400', 'null', '[]', '99999999999999999999', '__proto__'])(
    'a history at the cursor %j is refused, never a fault of ours',
    async (cursor) => {
      for (const name of ['before', 'after', 'limit']) {
        expectProblem(await api().get(`/rooms/${at().room}/messages?${name}=${cursor}`), 422, 400)
      }
      expectProblem(await api().get(`/rooms/${at().room}/log?since=${cursor}`), 422, 400)
    },
  )

  test.each(['%00', '%ff', '__proto__', '%F0%9F%8E%88', 'x'.repeat(129), "' or 1=1", '-1'])(
    'a list after %j is a page or a refusal, never a fault of ours',
    async (after) => {
      for (const path of ['/rooms', `/rooms/${at().room}/members`]) {
        const answer = await api().get(`${path}?after=${after}`)
        expect([200, 400, 422]).toContain(answer.status)
        if (answer.status !== 200) expectProblem(answer, 400, 422)
      }
    },
  )

  test.each(['%00', '%20', 'x'.repeat(33), 'a%20b', '%0a'])('the reaction %j is refused', async (emoji) => {
    const { room, seq } = at()
    expectProblem(await api().put(`/rooms/${room}/messages/${seq}/reactions/${emoji}`), 422, 404, 400)
  })

  test('a refusal never repeats a password or a token', async () => {
    const secret = 'canary-in-a-password'
    for (const body of [
      { username: 'b', email: 'x', password: secret },
      { username: ['b'], password: secret, extra: secret },
      { username: 'ben', email: 'ben@example.org', password: [secret] },
    ]) {
      for (const path of ['/auth/signup', '/auth/login', '/auth/setup']) {
        expect(JSON.stringify((await api().post(path, body)).body)).not.toContain(secret)
      }
    }
    const { body } = await rest(at().server, { token: secret }).get(`/users/me?token=${secret}`)
    expect(JSON.stringify(body)).not.toContain(secret)
  })
})

describe('a fault of ours', () => {
  const at = serverFor({}, cast)

  test('gets a response with an id and no details, at both doors', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const socket = await socketOf(server, ben)
    await socket.ask({ type: 'message.send', room, content: 'before' })
    await server.tools.sql.query('alter table log rename to log_away')
    const answers = [
      await rest(server, ben).get(`/rooms/${room}/messages`),
      await rest(server, ben).get(`/rooms/${room}/log`),
    ]
    const frame = await socket.ask({ type: 'message.list', room })
    await server.tools.sql.query('alter table log_away rename to log')
    for (const { status, headers, body } of answers) {
      expect(status).toBe(500)
      expect(headers.get('content-type')).toBe('application/problem+json')
      expect(Object.keys(body).sort()).toEqual(['code', 'detail', 'id', 'reason', 'status', 'title', 'type'])
      expect(JSON.stringify(body)).not.toMatch(/log_|select|relation|\.ts/)
    }
    expect(frame).toEqual({
      type: 'error',
      ref: 'ask 2',
      code: 'internal',
      reason: 'internal',
      message: expect.any(String),
      id: expect.any(String),
    })
    expect((await socket.ask({ type: 'message.list', room })).type).toBe('reply')
    await socket.close()
  })
})
