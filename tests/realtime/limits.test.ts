import { afterAll, beforeAll, expect, test } from 'bun:test'
import { defaultLimits } from '../../src/protocol/limits.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, socketOf } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ben: Person
let cleo: Person
let room: string

beforeAll(async () => {
  server = await startServer({ settings: { RATE_LIMITS: 'on' } })
  ;({ ben, cleo } = await cast(server))
  room = await makeRoom(server, ben, [cleo])
})
afterAll(() => server.stop())

test('a socket beyond the limit of a user is closed with 4503; the others stay, and a closed one makes room', async () => {
  const { sockets_per_user: most } = defaultLimits
  const sockets = await Promise.all(Array.from({ length: most }, () => socketOf(server, cleo)))
  for (const socket of sockets) await socket.next('hello')
  const onceTooMany = await socketOf(server, cleo)
  expect(await onceTooMany.ending()).toMatchObject({ code: 4503 })
  expect(onceTooMany.heard('hello')).toEqual([])
  expect(sockets.every((socket) => socket.isOpen())).toBe(true)
  const others = await socketOf(server, ben)
  await others.next('hello')
  await Promise.all([sockets.pop()!.close(), others.close()])
  const again = await socketOf(server, cleo)
  await again.next('hello')
  await Promise.all([again, ...sockets].map((socket) => socket.close()))
})

test('broken frames get an error until they are too many; then the socket is closed with 4502', async () => {
  const socket = await socketOf(server, ben)
  await socket.next('hello')
  for (let n = 0; n < 40; n++)
    socket.send(['no json', '[]', '{"type":"no.such"}', '{"type":"ping","x":1}'][n % 4]!)
  expect(await socket.ask({ type: 'ping' })).toMatchObject({ type: 'reply' })
  expect(socket.heard('error')).toHaveLength(40)
  expect(new Set(socket.heard('error').map(({ code }) => code))).toEqual(new Set(['bad_request', 'invalid']))
  for (let n = 0; n < 40; n++) socket.send('no json')
  expect(await socket.ending()).toMatchObject({ code: 4502 })
  const back = await socketOf(server, ben)
  expect(await back.ask({ type: 'ping' })).toMatchObject({ type: 'reply' })
  await back.close()
})

test('a client that sends faster than the limit learns when to go on, and all accepted messages are stored, in order', async () => {
  const { messages_burst: burst } = defaultLimits
  const [one, other] = [await socketOf(server, ben), await socketOf(server, ben)]
  const listener = await socketOf(server, cleo)
  await listener.ask({ type: 'room.subscribe', room })
  const answers = await Promise.all(
    Array.from({ length: burst + 20 }, (_, n) =>
      (n % 2 ? one : other).ask({ type: 'message.send', room, content: `message ${n}` }),
    ),
  )
  const accepted = answers.filter(({ type }) => type === 'reply')
  const refused = answers.filter(({ type }) => type === 'error')
  expect(accepted.length).toBeGreaterThanOrEqual(burst)
  expect(refused.length).toBeGreaterThan(0)
  for (const { code, retry_after_ms } of refused) {
    expect(code).toBe('rate_limited')
    expect(retry_after_ms).toBeGreaterThan(0)
    expect(retry_after_ms).toBeLessThanOrEqual(1000 / defaultLimits.messages_per_second)
  }
  await listener.until(
    'all accepted messages',
    () => listener.heard('message.created').length === accepted.length,
  )
  const seqs = listener.heard('message.created').map(({ seq }) => seq)
  expect(seqs).toEqual(accepted.map(({ data }) => data.seq).sort((a, b) => a - b))
  await Bun.sleep(Math.max(...refused.map(({ retry_after_ms }) => retry_after_ms)))
  expect((await one.ask({ type: 'message.send', room, content: 'and on' })).type).toBe('reply')
  await Promise.all([one, other, listener].map((socket) => socket.close()))
})
