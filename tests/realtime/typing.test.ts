import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, socketOf } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ben: Person
let cleo: Person

beforeAll(async () => {
  server = await startServer()
  ;({ ben, cleo } = await cast(server))
})
afterAll(() => server.stop())

describe('typing', () => {
  test('is sent at most once in 3 s, however many keys are pressed, and ends by itself', async () => {
    const room = await makeRoom(server, ben, [cleo])
    const listener = await socketOf(server, ben)
    const hands = [await socketOf(server, cleo), await socketOf(server, cleo)]
    await listener.ask({ type: 'room.subscribe', room })
    const began = performance.now()
    const press = async () => {
      for (const hand of hands) expect((await hand.ask({ type: 'typing.start', room })).type).toBe('reply')
    }
    const tellings = () => listener.heard('typing.changed')
    while (tellings().length < 2) await press()
    // From before the first key: however late the first event is seen, the second is not early.
    expect(performance.now() - began).toBeGreaterThan(2900)
    const end = await listener.until('the end of typing', () => tellings().find(({ typing }) => !typing))
    expect(end).toEqual({ type: 'typing.changed', room, username: 'cleo', typing: false })
    expect(tellings().map(({ typing }) => typing)).toEqual([true, true, false])
    await Promise.all([listener, ...hands].map((socket) => socket.close()))
  })
})
