import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cast, logIn, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ben: Person
let cleo: Person

beforeAll(async () => {
  server = await startServer()
  ;({ ben, cleo } = await cast(server))
})
afterAll(() => server.stop())

test('a member who is removed in the very moment of subscribing hears nothing later than their removal', async () => {
  const room = await makeRoom(server, ben, [cleo])
  for (let n = 0; n < 60; n++) await post(server, ben, room, `message ${n}`)
  let met = 0
  for (let round = 0; round < 40; round++) {
    const ear = await socketOf(server, cleo)
    await ear.next('hello')
    const subscribing = ear.ask({ type: 'room.subscribe', room, history: 50 })
    const removing = rest(server, ben).delete(`/rooms/${room}/members/cleo`)
    const [{ data, code }, { status }] = await Promise.all([subscribing, removing])
    expect(status).toBe(204)
    if (data) met++
    else expect(code).toBe('forbidden')
    const seq = await post(server, ben, room, `after removal ${round}`)
    expect((await ear.ask({ type: 'ping' })).type).toBe('reply')
    expect(ear.events().filter((event) => event.seq >= seq)).toEqual([])
    await ear.close()
    await rest(server, ben).put(`/rooms/${room}/members/cleo`, {})
  }
  expect(met).toBeLessThan(41)
}, 30_000)

test('a session that ends in the very moment its sockets open leaves none of them open', async () => {
  const room = await makeRoom(server, ben, [cleo])
  for (let round = 0; round < 15; round++) {
    const own = await logIn(server, 'cleo')
    const opening = [`/ws/${room}`, '/ws', `/ws/${room}`].map((path) =>
      socketOf(server, own, path).catch(() => undefined),
    )
    const ending = Bun.sleep(round % 5).then(() => rest(server, own).post('/auth/logout'))
    const [sockets] = await Promise.all([Promise.all(opening), ending])
    for (const socket of sockets) expect((await socket?.ending())?.code ?? 4501).toBe(4501)
  }
}, 30_000)
