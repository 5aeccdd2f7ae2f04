import { afterAll, beforeAll, expect, test } from 'bun:test'
import { accessTokens } from '../../src/features/auth/tokens.ts'
import { slowQuery } from '../permissions/slow.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, socketOf, waitFor } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { openRaw } from './raw.ts'

let server: TestServer
let ben: Person
let cleo: Person
let room: string

beforeAll(async () => {
  server = await startServer()
  ;({ ben, cleo } = await cast(server))
  room = await makeRoom(server, ben, [cleo])
})
afterAll(() => server.stop())

/** Pings as often as the sweep looks, and waits only so long for an answer, while `during` runs. */
async function withShortPings(during: () => Promise<void>): Promise<void> {
  const { policy } = server.tools
  const { pingIntervalMs, pongTimeoutMs } = policy
  Object.assign(policy, { pingIntervalMs: 200, pongTimeoutMs: 1500 })
  try {
    await during()
  } finally {
    Object.assign(policy, { pingIntervalMs, pongTimeoutMs })
  }
}

/** An access token of the same session that lives for so long. */
async function shortToken(person: Person, seconds: number): Promise<string> {
  const { sign, read } = accessTokens(server.tools)
  const { sub, sid } = (await read(person.token))!
  return sign({ sub, sid, username: person.username, roles: ['user'] }, seconds)
}

test('a socket without pongs is closed with 4009; a socket with pongs stays open', async () => {
  await withShortPings(async () => {
    const [deaf, alive] = [await openRaw(server, ben), await socketOf(server, cleo)]
    await waitFor('the end of the deaf socket', () => deaf.isOver())
    expect(deaf.closeCode()).toBe(4009)
    expect(deaf.pings()).toBeGreaterThan(0)
    await alive.until('some pings', () => alive.heard('ping').length > 3)
    expect(alive.isOpen()).toBe(true)
    await alive.close()
  })
})

// With a token for a minute every new socket is warned, and a greeting that took longer than a look at all sockets came second.
test('the first frame is the greeting, also when the token is about to expire', async () => {
  await withShortPings(async () => {
    // The bare socket sends no pong.
    server.tools.policy.pongTimeoutMs = 60_000
    const token = await shortToken(ben, 30)
    const slow = slowQuery(server.tools, ben.id)
    const expiring = await openRaw(server, { token }, '/ws', { greeted: false })
    await slow.begun
    await waitFor('a look at all sockets', () => expiring.pings() > 0)
    slow.release()
    await waitFor('the warning', () => expiring.frames.some(({ type }) => type === 'session.ending'))
    expect(expiring.frames.map(({ type }) => type).filter((type) => type !== 'ping')).toEqual([
      'hello',
      'session.ending',
    ])
    expiring.destroy()
  })
})

test('a command counts as a pong', async () => {
  await withShortPings(async () => {
    const talking = await openRaw(server, ben)
    const timer = setInterval(() => talking.send({ type: 'ping' }), 50)
    await waitFor('several pings', () => talking.pings() > 10)
    expect(talking.isOver()).toBe(false)
    clearInterval(timer)
    await waitFor('the end of the silent socket', () => talking.isOver())
    expect(talking.closeCode()).toBe(4009)
  })
})

test('a ping has the head of each subscribed room, and of no other', async () => {
  await withShortPings(async () => {
    const other = await makeRoom(server, ben, [cleo])
    const listener = await socketOf(server, cleo)
    const { data } = await listener.ask({ type: 'room.subscribe', room })
    expect((await listener.next('ping')).heads[room]).toEqual({ epoch: data.epoch, seq: data.head })
    const seq = await post(server, ben, room, 'one more')
    await post(server, ben, other, 'elsewhere')
    const ping = await listener.next(({ type, heads }) => type === 'ping' && heads[room]?.seq === seq)
    expect(Object.keys(ping.heads)).toEqual([room])
    await listener.ask({ type: 'room.unsubscribe', room })
    expect((await listener.next('ping')).heads).toEqual({})
    await listener.close()
  })
})

test('an expiring token is announced, and then the socket is closed with 4001', async () => {
  const token = await shortToken(cleo, 4)
  const listener = await socketOf(server, { token })
  expect(await listener.next('session.ending')).toEqual({ type: 'session.ending', reason: 'token_expired' })
  expect(await listener.ending()).toMatchObject({ code: 4001 })
  expect(listener.heard('session.ending')).toHaveLength(1)
})

test('a socket that gets a new token in time outlives the old one, and is warned again before the next expires', async () => {
  const listener = await socketOf(server, { token: await shortToken(cleo, 4) })
  await listener.next('session.ending')
  const renewed = await listener.ask({ type: 'session.renew', token: await shortToken(cleo, 8) })
  expect(Date.parse(renewed.data.expires_at)).toBeGreaterThan(Date.now() + 4500)
  const old = performance.now() + 4000
  await listener.next('session.ending')
  await waitFor('the end of the old token', () => performance.now() > old)
  expect(listener.isOpen()).toBe(true)
  expect(await listener.ending()).toMatchObject({ code: 4001 })
})

test('another user’s token, or none, renews nothing', async () => {
  const listener = await socketOf(server, cleo)
  expect(await listener.ask({ type: 'session.renew', token: ben.token })).toMatchObject({
    code: 'forbidden',
  })
  expect(await listener.ask({ type: 'session.renew', token: 'x' })).toMatchObject({
    code: 'unauthenticated',
  })
  await listener.close()
})
