import { describe, expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { rest, socketOf } from '../support/client.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({}, async (server) => {
  const people = await cast(server)
  return { ...people, room: await makeRoom(server, people.ben) }
})

const deep = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)
const bytes = (...values: number[]) => new Uint8Array(values)

describe('a frame that is none', () => {
  const broken: [string, string | Uint8Array<ArrayBuffer>][] = [
    ['nothing', ''],
    ['a blank', ' '],
    ['text', 'hello'],
    ['a number', '42'],
    ['null', 'null'],
    ['a list', '[{"type":"ping"}]'],
    ['half an object', '{"type":"ping"'],
    ['an object and more', '{"type":"ping"} x'],
    ['bytes', bytes(1, 2, 3)],
    ['JSON as bytes', new TextEncoder().encode('{"type":"ping"}') as Uint8Array<ArrayBuffer>],
    ['no bytes', bytes()],
    ['a NUL', '\0'],
    ['an unpaired surrogate', '\ud800'],
    ['60 KB of brackets', deep(30_000, '[', ']')],
    ['60 KB of braces', deep(10_000, '{"a":', '}')],
    ['no type', '{}'],
    ['a type that is a number', '{"type":5}'],
    ['a type that is an object', '{"type":{"$ne":1}}'],
  ]
  test.each(broken)('%s gets a typed error, and the socket stays open', async (_, frame) => {
    const { server, ben } = at()
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    socket.send(frame)
    expect(await socket.next(() => true)).toMatchObject({ type: 'error', code: 'bad_request' })
    expect((await socket.ask({ type: 'ping' })).type).toBe('reply')
    await socket.close()
  })
})

describe('a command that is wrong', () => {
  const room = 'general'
  const wrong: [string, Record<string, unknown>][] = [
    ['a type nobody knows', { type: 'message.shout' }],
    ['a type of every object', { type: '__proto__' }],
    ['another such type', { type: 'constructor' }],
    ['an own event as type', { type: 'message.created', room }],
    ['no room', { type: 'message.send', content: 'x' }],
    ['a room that is a number', { type: 'message.send', room: 1, content: 'x' }],
    [
      'a room that is deep',
      {
        type: 'message.send',
        room: JSON.parse(deep(5000, '{"a":', '}').replace('{"a":}', '{}')),
        content: 'x',
      },
    ],
    ['a content that is a list', { type: 'message.send', room, content: ['x'] }],
    ['a NUL in the content', { type: 'message.send', room, content: 'a\0b' }],
    ['a broken character in the content', { type: 'message.send', room, content: 'a\udc00b' }],
    ['a client_id with a blank', { type: 'message.send', room, content: 'x', client_id: 'a b' }],
    ['a client_id with a NUL', { type: 'message.send', room, content: 'x', client_id: '\0' }],
    ['a client_id too long', { type: 'message.send', room, content: 'x', client_id: 'x'.repeat(65) }],
    ['a seq of zero', { type: 'message.edit', room, seq: 0, content: 'x' }],
    ['a negative seq', { type: 'message.edit', room, seq: -1, content: 'x' }],
    ['a fractional seq', { type: 'message.edit', room, seq: 1.5, content: 'x' }],
    ['a huge seq', { type: 'message.edit', room, seq: 1e300, content: 'x' }],
    ['a seq as text', { type: 'message.edit', room, seq: '1', content: 'x' }],
    ['a since without epoch', { type: 'room.subscribe', room, since: { seq: 1 } }],
    ['a since with more', { type: 'room.subscribe', room, since: { seq: 1, epoch: 'x', extra: 1 } }],
    ['a negative since', { type: 'room.subscribe', room, since: { seq: -1, epoch: 'x' } }],
    ['too much history', { type: 'room.subscribe', room, history: 101 }],
    ['a reaction with a NUL', { type: 'reaction.add', room, seq: 1, emoji: '\0' }],
    ['a list of no people', { type: 'direct.open', usernames: [] }],
    ['people of odd names', { type: 'direct.open', usernames: ['\0', {}] }],
    ['a token too long', { type: 'session.renew', token: 'x'.repeat(4097) }],
  ]
  test.each(wrong)(
    '%s is answered with a typed error and its ref, and the socket stays open',
    async (_, command) => {
      const { server, ben } = at()
      const socket = await socketOf(server, ben)
      const { type, code, errors } = await socket.ask(command)
      expect([type, code]).toEqual(['error', 'invalid'])
      expect(errors.length).toBeGreaterThan(0)
      expect((await socket.ask({ type: 'ping' })).type).toBe('reply')
      await socket.close()
    },
  )

  test.each([
    '__proto__',
    'constructor',
    'room:1',
    'user:1',
    '\0',
    'x'.repeat(128),
    '\ud800',
    '',
    'general\0',
  ])('a room called %j cannot be reached or listened to', async (name) => {
    const { server, ben } = at()
    const socket = await socketOf(server, ben)
    for (const command of [
      { type: 'room.subscribe' },
      { type: 'room.join' },
      { type: 'room.leave' },
      { type: 'message.send', content: 'x' },
      { type: 'message.list' },
      { type: 'typing.start' },
      { type: 'read.mark', seq: 1 },
    ]) {
      expect(['not_found', 'invalid']).toContain((await socket.ask({ ...command, room: name })).code)
    }
    await socket.close()
  })

  test('any ref that is a number or a text of 128 comes back as it was, any other does not', async () => {
    const { server, ben } = at()
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    for (const ref of [0, -1, 1.5, '', 'x'.repeat(128), '"\\\n', '__proto__']) {
      socket.send({ type: 'ping', ref })
      expect(await socket.next(() => true)).toEqual({ type: 'reply', ref, data: {} })
    }
    // `1e400` is read as an infinite number, for which JSON has no word.
    const texts = [null, {}, [], true, 'x'.repeat(129)].map((ref) => JSON.stringify(ref))
    for (const ref of [...texts, '1e400', '-1e400']) {
      socket.send(`{"type":"ping","ref":${ref}}`)
      const answer = await socket.next(() => true)
      expect([answer.type, answer.code, answer.ref]).toEqual(['error', 'invalid', undefined])
    }
    await socket.close()
  })
})

test('a frame over 64 KB closes its socket and no other', async () => {
  const { server, ben, cleo } = at()
  const [socket, other] = [await socketOf(server, ben), await socketOf(server, cleo)]
  socket.send('x'.repeat(65_537))
  expect([1009, 1006]).toContain((await socket.ending()).code)
  expect((await other.ask({ type: 'ping' })).type).toBe('reply')
  await other.close()
})

test('10,000 pipelined commands all get replies, in order, while others are served', async () => {
  const { server, ben, cleo } = at()
  const [socket, other] = [await socketOf(server, ben), await socketOf(server, cleo)]
  // Both: while one still waited for its greeting, 10,000 were done.
  for (const each of [socket, other]) await each.next('hello')
  for (let n = 0; n < 10_000; n++)
    socket.send(n % 100 === 99 ? 'nonsense' : { type: n % 2 ? 'ping' : 'nonsense', ref: n })
  await other.ask({ type: 'ping' })
  expect(socket.heard('reply', 'error').length).toBeLessThan(10_000)
  await socket.until('10,000 answers', () => socket.heard('reply', 'error').length === 10_000)
  const refs = socket.heard('reply', 'error').map(({ ref }) => ref)
  expect(refs).toEqual(Array.from({ length: 10_000 }, (_, n) => (n % 100 === 99 ? undefined : n)))
  expect((await rest(server, ben).get('/health')).status).toBe(200)
  await Promise.all([socket.close(), other.close()])
})

describe('with limits', () => {
  const at = serverFor({ settings: { RATE_LIMITS: 'on' } }, async (server) => {
    const people = await cast(server)
    return { ...people, room: await makeRoom(server, people.ben) }
  })

  test('a client that floods a room learns when to go on, and nothing is lost or doubled', async () => {
    const { server, ben, room } = at()
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    for (let n = 0; n < 60; n++) socket.send({ type: 'message.send', room, ref: n, content: `${n}` })
    await socket.until('60 answers', () => socket.heard('reply', 'error').length === 60)
    const refused = socket.heard('error')
    expect(refused.length).toBeGreaterThan(10)
    for (const { code, retry_after_ms } of refused) {
      expect(code).toBe('rate_limited')
      expect(retry_after_ms).toBeGreaterThan(0)
    }
    const { body } = await rest(server, ben).get(`/rooms/${room}/messages?limit=100`)
    expect(body.items.map(({ content }: { content: string }) => Number(content))).toEqual(
      socket.heard('reply').map(({ ref }) => ref),
    )
    await socket.close()
  })

  test('a client that keeps sending invalid frames is closed with 4502', async () => {
    const { server, cleo } = at()
    const socket = await socketOf(server, cleo)
    await socket.next('hello')
    for (let n = 0; n < 500; n++) socket.send('nonsense')
    expect((await socket.ending()).code).toBe(4502)
  })

  test('the twenty-first socket of one user is closed with 4503', async () => {
    const { server, dan } = at()
    const sockets = await Promise.all(Array.from({ length: 20 }, () => socketOf(server, dan)))
    await Promise.all(sockets.map((socket) => socket.next('hello')))
    const last = await socketOf(server, dan)
    expect((await last.ending()).code).toBe(4503)
    expect((await sockets[0]!.ask({ type: 'ping' })).type).toBe('reply')
    await Promise.all(sockets.map((socket) => socket.close()))
  })
})
