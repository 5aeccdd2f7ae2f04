import { afterAll, describe, expect, test } from 'bun:test'
import { monotonicUs } from '../../src/bench/clock.ts'
import { createFrameReader, textFrame } from '../../src/bench/load/framing.ts'
import { driveRooms } from '../../src/bench/load/rooms.ts'

/** As a server sends it: not masked. */
function serverFrame(text: string): Buffer {
  const body = Buffer.from(text)
  const head = body.length < 126 ? [0x81, body.length] : [0x81, 126, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from(head), body])
}

test('frames are read whole, however the bytes are cut', () => {
  const texts = ['a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(5000)]
  const bytes = Buffer.concat(texts.map(serverFrame))
  for (const size of [1, 2, 3, 7, 128, 4096, bytes.length]) {
    const heard: string[] = []
    const take = createFrameReader({
      text: (chunk, start, end) => heard.push(chunk.toString('utf8', start, end)),
      answer: () => undefined,
      closed: () => undefined,
    })
    for (let at = 0; at < bytes.length; at += size) take(Buffer.from(bytes.subarray(at, at + size)))
    expect(heard).toEqual(texts)
  }
})

test('the server understands the frames of the load generator', async () => {
  const heard = Promise.withResolvers<string>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, upgrader) => (upgrader.upgrade(request) ? undefined : new Response('')),
    websocket: { message: (_socket, text) => heard.resolve(String(text)) },
  })
  const text = JSON.stringify({ long: 'x'.repeat(300) })
  await Bun.connect({
    hostname: '127.0.0.1',
    port: server.port!,
    socket: {
      open: (socket) =>
        void socket.write(
          'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
        ),
      data: (socket) => void socket.write(textFrame(text)),
    },
  })
  expect(await heard.promise).toBe(text)
  await server.stop(true)
})

/** A server of two sockets that numbers what it receives, and loses, repeats or swaps frames where the test asks for it. */
function faultyServer(deliver: (seq: number, publish: (seq: number) => void) => void) {
  let seq = 0
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, upgrader) => (upgrader.upgrade(request) ? undefined : new Response('')),
    websocket: {
      open: (socket) => void socket.subscribe('room'),
      message(_socket, text) {
        const { content } = JSON.parse(String(text)) as { content: string }
        deliver(++seq, (number) =>
          server.publish('room', JSON.stringify({ type: 'message', room: 'room', seq: number, content })),
        )
      },
    },
  })
  return server
}

describe('the load', () => {
  const servers: ReturnType<typeof faultyServer>[] = []
  afterAll(async () => void (await Promise.all(servers.map((server) => server.stop(true)))))

  async function drive(deliver: Parameters<typeof faultyServer>[0]) {
    const server = faultyServer(deliver)
    servers.push(server)
    const seats = [true, false].map((talks) => ({ room: 'room', token: '', talks, timed: true }))
    return driveRooms(
      { kind: 'rooms', port: server.port!, dialect: 'plain', seats, window: 4 },
      () => undefined,
      async () => {
        const startUs = monotonicUs()
        return { startUs, measureUs: startUs + 1000, endUs: startUs + 100_000 }
      },
    )
  }

  test('counts the events that every socket of a room receives, and finds nothing wrong with a correct server', async () => {
    const result = await drive((seq, publish) => publish(seq))
    expect(result.messages).toBeGreaterThan(10)
    expect(Math.abs(result.deliveries - 2 * result.messages)).toBeLessThanOrEqual(8)
    expect(result).toMatchObject({ missed: 0, doubled: 0, unanswered: 0, closed: 0 })
  })

  test('sees an event that a server leaves out', async () => {
    const result = await drive((seq, publish) => publish(seq < 10 ? seq : seq + 1))
    expect(result.missed).toBe(2)
  })

  test('sees an event that a server sends twice', async () => {
    const result = await drive((seq, publish) => {
      publish(seq)
      if (seq === 10) publish(seq)
    })
    expect(result.doubled).toBe(2)
  })
})
