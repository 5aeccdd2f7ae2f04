import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, socketOf, waitFor } from '../support/client.ts'
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

describe('presence', () => {
  test('belongs to the person, not to the socket: it changes with their first socket and after their last', async () => {
    const room = await makeRoom(server, ben, [cleo])
    const listener = await socketOf(server, ben)
    await listener.ask({ type: 'room.subscribe', room })
    const cleos = await Promise.all(Array.from({ length: 3 }, () => socketOf(server, cleo)))
    for (const socket of cleos) await socket.ask({ type: 'room.subscribe', room })
    const changes = () =>
      listener
        .heard('presence.changed')
        .filter(({ room: of, username }) => of === room && username === 'cleo')
    await listener.until('cleo online', () => changes().length > 0)
    const listed = async () => (await listener.ask({ type: 'presence.list', room })).data.online
    expect(await listed()).toEqual(['ben', 'cleo'])

    await cleos[0]!.close()
    await cleos[1]!.ask({ type: 'room.unsubscribe', room })
    expect(await listed()).toEqual(['ben', 'cleo'])
    expect(changes().map(({ status }) => status)).toEqual(['online'])

    await cleos[2]!.close()
    await listener.until('cleo offline', () => changes().length > 1)
    expect(await listed()).toEqual(['ben'])
    expect(changes()).toEqual([
      { type: 'presence.changed', room, username: 'cleo', status: 'online' },
      { type: 'presence.changed', room, username: 'cleo', status: 'offline' },
    ])
    await Promise.all([listener.close(), cleos[1]!.close()])
  })

  test('twenty sockets of one person that open and close at once leave no presence behind', async () => {
    const room = await makeRoom(server, ben, [cleo])
    const listener = await socketOf(server, ben)
    await listener.ask({ type: 'room.subscribe', room })
    for (let round = 0; round < 3; round++) {
      const cleos = await Promise.all(Array.from({ length: 20 }, () => socketOf(server, cleo)))
      await Promise.all(cleos.map((socket) => socket.ask({ type: 'room.subscribe', room })))
      await Promise.all(cleos.map((socket) => socket.close()))
      // The server may hear of the last close a moment later; a newcomer before that would just keep the presence.
      await waitFor('only ben to be here', async () => {
        const { data } = await listener.ask({ type: 'presence.list', room })
        return data.count === 1
      })
    }
    const statuses = () =>
      listener
        .heard('presence.changed')
        .flatMap(({ status, username }) => (username === 'cleo' ? status : []))
    await listener.until('the last one to go', () => statuses().length === 6)
    expect(statuses()).toEqual(['online', 'offline', 'online', 'offline', 'online', 'offline'])
    await listener.close()
  })
})
