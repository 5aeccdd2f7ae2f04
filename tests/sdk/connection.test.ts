import { afterEach, expect, jest, test } from 'bun:test'
import { createConnection, type Ending, type Frame, type Reconnect } from '../../src/sdk/connection.ts'
import { type Socket, socketUrl } from '../../src/sdk/socket.ts'
import { startPeer, until } from './peer.ts'

const graceMs = 60
const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

function connect(script: Parameters<typeof startPeer>[0] = {}, verdict: Reconnect = 'later') {
  const peer = startPeer(script)
  const endings: Ending[] = []
  const frames: Frame[] = []
  const waits: number[] = []
  const backoff = { nextMs: () => waits.push(1), reset() {} }
  const connection = createConnection({
    dial: async () => new WebSocket(socketUrl(peer.url)) as unknown as Socket,
    receive: (frame) => void frames.push(frame),
    lost: async (ending) => {
      endings.push(ending)
      return verdict
    },
    trying() {},
    waiting() {},
    backoff,
    graceMs,
    helloTimeoutMs: 1_000,
  })
  closing.push(connection.close, peer.stop)
  connection.open()
  return { peer, endings, frames, waits, connection }
}

test('a connection that is cut comes back after a wait', async () => {
  const { peer, endings, waits, connection } = connect()
  await until(connection.isLive)
  peer.cut()
  await until(() => peer.connections() === 2 && connection.isLive())
  expect(endings).toHaveLength(1)
  expect(waits).toHaveLength(1)
})

test('a socket that stays silent beyond the ping interval is given up and dialled again', async () => {
  const { peer, endings, connection } = connect({ pingIntervalMs: 20 })
  await until(connection.isLive)
  await until(() => peer.connections() >= 2)
  expect(endings[0]).toMatchObject({ reason: 'silent', live: true })
})

// It failed on a machine that paused for 160 ms. Now its timers run only when the test advances them.
test('a socket on which pings arrive is kept, until they stop', async () => {
  jest.useFakeTimers()
  closing.push(() => jest.useRealTimers())
  const { peer, endings, frames } = connect({ pingIntervalMs: 100 })
  await received(frames, 1)
  for (let ping = 1; ping <= 15; ping++) {
    jest.advanceTimersByTime(100)
    peer.tell({ type: 'ping', heads: {} })
    await received(frames, 1 + ping)
  }
  expect(endings).toEqual([])
  expect(peer.connections()).toBe(1)
  jest.advanceTimersByTime(100 + graceMs)
  expect(endings).toMatchObject([{ reason: 'silent', live: true }])
})

/** `until` would wait with a timer, and here no timer fires by itself. */
async function received(frames: Frame[], count: number): Promise<void> {
  while (frames.length < count) await new Promise((resolve) => setImmediate(resolve))
}

test('the hint of a restarting server takes the place of the wait', async () => {
  const { peer, waits, connection } = connect()
  await until(connection.isLive)
  peer.hangUp(1001, 'restarting retry_after_ms=5')
  await until(() => peer.connections() === 2)
  expect(waits).toEqual([])
})

test('a connection that is not to come back does not', async () => {
  const { peer, endings, connection } = connect({}, 'never')
  await until(connection.isLive)
  peer.hangUp(4501, 'session ended')
  await until(() => endings.length === 1)
  expect(endings[0]).toMatchObject({ code: 4501, reason: 'session ended', live: true })
  connection.reconnectNow()
  expect(connection.isLive()).toBe(false)
  expect(peer.connections()).toBe(1)
})

// A phone that left a tunnel waited for the try that had begun inside it: 15 s, and then a long wait.
test('`reconnectNow` replaces an attempt that hangs, but not one that has just begun', async () => {
  const peer = startPeer({})
  const tryWith = (patienceMs: number) => {
    let tries = 0
    const connection = createConnection({
      dial: async () =>
        ++tries === 1
          ? new Promise<Socket>(() => {})
          : (new WebSocket(socketUrl(peer.url)) as unknown as Socket),
      receive() {},
      lost: async () => 'later',
      trying() {},
      waiting() {},
      backoff: { nextMs: () => 60_000, reset() {} },
      patienceMs,
    })
    closing.push(connection.close)
    connection.open()
    connection.reconnectNow()
    return { connection, tries: () => tries }
  }
  closing.push(peer.stop)
  expect(tryWith(60_000).tries()).toBe(1)
  const { connection, tries } = tryWith(0)
  await until(connection.isLive)
  expect(tries()).toBe(2)
})

test('a socket that was closed here delivers nothing more', async () => {
  const { peer, frames, endings, connection } = connect()
  await until(connection.isLive)
  connection.close()
  const heard = frames.length
  peer.tell({ type: 'ping', heads: {} })
  await until(() => peer.lineCount() === 0)
  expect(frames).toHaveLength(heard)
  expect(endings).toEqual([])
  expect(connection.send({ type: 'ping' })).toBe(false)
})

test('frames that are not JSON objects with a type are passed over', async () => {
  const { peer, frames, connection } = connect()
  await until(connection.isLive)
  peer.tell([1, 2])
  peer.tell({ untyped: true })
  peer.tell({ type: 'ping', heads: {} })
  await until(() => frames.length === 2)
  expect(frames.map(({ type }) => type)).toEqual(['hello', 'ping'])
})
