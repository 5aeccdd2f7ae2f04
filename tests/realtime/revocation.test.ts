import { afterAll, beforeAll, expect, test } from 'bun:test'
import { acquaint, cast, logIn, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ben: Person
let cleo: Person

beforeAll(async () => {
  server = await startServer()
  ;({ ben, cleo } = await cast(server))
  await acquaint(server, ben, cleo)
})
afterAll(() => server.stop())

test('a member who is removed while they subscribe receives nothing after their removal', async () => {
  const room = await makeRoom(server, ben, [cleo])
  for (let n = 0; n < 60; n++) await post(server, ben, room, `message ${n}`)
  let [admitted, refused] = [0, 0]
  for (let round = 0; round < 30; round++) {
    const listeners = await Promise.all(Array.from({ length: 8 }, () => socketOf(server, cleo)))
    await Promise.all(listeners.map((listener) => listener.next('hello')))
    const removing = Bun.sleep(round % 5).then(() => rest(server, ben).delete(`/rooms/${room}/members/cleo`))
    // One after the other while the removal is under way: some before, some after, and some in the midst of it.
    const answers = await Promise.all(
      listeners.map(async (listener, n) => {
        await Bun.sleep(n / 2)
        return listener.ask({ type: 'room.subscribe', room, history: 50 })
      }),
    )
    expect((await removing).status).toBe(204)
    for (const { data, code } of answers) {
      if (data) admitted++
      else refused++
      expect(code).toBe(data ? undefined : 'forbidden')
    }
    const seq = await post(server, ben, room, `after removal ${round}`)
    for (const listener of listeners) {
      expect((await listener.ask({ type: 'ping' })).type).toBe('reply')
      expect(listener.events().filter((event) => event.seq >= seq)).toEqual([])
    }
    await Promise.all(listeners.map((listener) => listener.close()))
    await rest(server, ben).put(`/rooms/${room}/members/cleo`, {})
  }
  expect(admitted).toBeGreaterThan(0)
  expect(refused).toBeGreaterThan(0)
})

test('a session that ends while its sockets are being let in leaves none of them open', async () => {
  for (let round = 0; round < 20; round++) {
    const rooms = await Promise.all([makeRoom(server, ben), makeRoom(server, ben)])
    const own = await logIn(server, 'cleo')
    // The simple socket joins the room first: time enough for the session to end.
    const paths = [...rooms.map((room) => `/ws/${room}`), '/ws']
    const opening = paths.map((path) => socketOf(server, own, path).catch(() => undefined))
    const ending = Bun.sleep(round % 5).then(() => rest(server, own).post('/auth/logout'))
    const [sockets] = await Promise.all([Promise.all(opening), ending])
    for (const socket of sockets) expect((await socket?.ending())?.code ?? 4501).toBe(4501)
  }
})
