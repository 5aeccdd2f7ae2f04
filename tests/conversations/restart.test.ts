import { expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest, socketOf } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  test('a server that was stopped and started again still has the talk, its people and their sessions', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const closed = await makeRoom(server, ben, [], { access: 'closed', title: 'Ours' })
    for (let n = 1; n <= 5; n++) await post(server, ben, room, `message ${n}`)
    await rest(server, ben).patch(`/rooms/${room}/messages/4`, { content: 'edited' })
    await rest(server, cleo).put(`/rooms/${room}/messages/5/reactions/👍`)
    await rest(server, ben).put(`/rooms/${room}/pins/6`)
    await rest(server, ben).delete(`/rooms/${room}/messages/7`)
    const paths = [
      `/rooms/${room}/messages`,
      `/rooms/${room}/log`,
      `/rooms/${room}/members`,
      `/rooms/${closed}`,
      '/rooms',
      '/users/me',
    ]
    const read = () => Promise.all(paths.map(async (path) => (await rest(server, ben).get(path)).body))
    const before = await read()
    expect(before[0].items).toHaveLength(5)

    await server.restart()

    expect(await read()).toEqual(before)
    expect(await post(server, ben, room, 'and on')).toBe(before[1].head + 1)
  })

  test('a stopping server tells its sockets to come back, and when', async () => {
    const { server, ben } = at()
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    await server.restart()
    const { code, reason } = await socket.ending()
    expect(code).toBe(1001)
    expect(reason).toMatch(/^restarting retry_after_ms=\d+$/)
  })

  test('every send that a stopping server accepted gets a reply, and is stored exactly if the reply says so', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    for (let n = 0; n < 200; n++) socket.send({ type: 'message.send', room, ref: n, content: `${n}` })
    await socket.until('the first answer', () => socket.heard('reply').length > 0)
    await server.restart()
    await socket.ending()
    const stored = new Set<number>()
    for (let after: number | undefined = 0; after !== undefined; ) {
      const { body } = await rest(server, ben).get(`/rooms/${room}/messages?after=${after}&limit=100`)
      for (const { seq } of body.items) stored.add(seq)
      after = body.next
    }
    expect(socket.heard('reply').every(({ data }) => stored.has(data.seq))).toBe(true)
    expect(socket.heard('reply', 'error')).toHaveLength(200)
    expect(stored.size).toBe(socket.heard('reply').length)
  })
})
