import { describe, expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, doors, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  const messagesOf = async (server: { url: string }, person: Person, room: string) =>
    (await rest(server, person).get(`/rooms/${room}/messages?limit=100`)).body.items
  const once = { content: 'Say it once', client_id: '0198c0de-0000-7000-8000-000000000001' }

  describe.each(eachDoor)('over %s', (door) => {
    test('a retry gets the first result and stores nothing', async () => {
      const { server, ben } = at()
      const room = await makeRoom(server, ben)
      const bens = await clientOver(door, server, ben)
      const draft = { ...once, client_id: `retry-${door}` }
      const first = await bens.send(room, draft)
      expect(first.data).toMatchObject({ seq: 2 })
      for (let n = 0; n < 3; n++) expect(await bens.send(room, draft)).toEqual(first)
      expect(await messagesOf(server, ben, room)).toHaveLength(1)
      await bens.close()
    })

    test('the same id with another text, room or reply target is a conflict', async () => {
      const { server, ben } = at()
      const [room, other] = [await makeRoom(server, ben), await makeRoom(server, ben)]
      const bens = await clientOver(door, server, ben)
      const draft = { ...once, client_id: `conflict-${door}` }
      const { data } = await bens.send(room, draft)
      expect((await bens.send(room, { ...draft, content: 'Something else' })).code).toBe('conflict')
      expect((await bens.send(room, { ...draft, reply_to: data!.seq })).code).toBe('conflict')
      expect((await bens.send(other, draft)).code).toBe('conflict')
      expect(await messagesOf(server, ben, room)).toHaveLength(1)
      expect(await messagesOf(server, ben, other)).toHaveLength(0)
      await bens.close()
    })

    test('an id belongs to its author: another person may use the same', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const [bens, cleos] = [await clientOver(door, server, ben), await clientOver(door, server, cleo)]
      const draft = { ...once, client_id: `shared-${door}` }
      expect((await bens.send(room, draft)).data!.seq).toBe(3)
      expect((await cleos.send(room, draft)).data!.seq).toBe(4)
      await Promise.all([bens.close(), cleos.close()])
    })

    test('a retry after an edit or a deletion stores nothing either', async () => {
      const { server, ben } = at()
      const room = await makeRoom(server, ben)
      const bens = await clientOver(door, server, ben)
      const draft = { ...once, client_id: `changed-${door}` }
      const { seq } = (await bens.send(room, draft)).data!
      await bens.edit(room, seq, 'Edited')
      expect((await bens.send(room, draft)).data!.seq).toBe(seq)
      await bens.remove(room, seq)
      expect((await bens.send(room, draft)).data!.seq).toBe(seq)
      expect(await messagesOf(server, ben, room)).toHaveLength(1)
      await bens.close()
    })
  })

  test('fifty parallel tries, through both doors and several sockets, store one message, and all get its seq', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const listener = await socketOf(server, cleo)
    await listener.ask({ type: 'room.subscribe', room })
    const clients = await Promise.all(
      ['rest', 'socket', 'socket', 'rest', 'socket'].map((door) => clientOver(door as never, server, ben)),
    )
    const draft = { ...once, client_id: 'parallel' }
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => clients[n % clients.length]!.send(room, draft)),
    )
    expect(new Set(answers.map(({ data }) => data?.seq))).toEqual(new Set([3]))
    const bodies = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        clients[n % 5]!.send(room, { client_id: 'race', content: `body ${n % 2}` }),
      ),
    )
    const won = bodies.filter(({ data }) => data)
    expect([won.length, bodies.filter(({ code }) => code === 'conflict').length]).toEqual([10, 10])
    expect(new Set(won.map(({ data }) => data!.seq))).toEqual(new Set([4]))
    await listener.ask({ type: 'ping' })
    await listener.until('both', () => listener.events().length >= 2)
    expect(listener.events().map(({ seq }) => seq)).toEqual([3, 4])
    await Promise.all([...clients.map((each) => each.close()), listener.close()])
  })

  test('a batch with known and new ids, whole streams sent again, keeps every message once and in order', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const sockets = await Promise.all([1, 2, 3].map(() => socketOf(server, ben)))
    for (const socket of sockets) {
      for (let n = 0; n < 90; n++)
        socket.send({ type: 'message.send', room, ref: n, content: `${n}`, client_id: `stream-${n}` })
    }
    for (const socket of sockets) await socket.until('all answers', () => socket.heard('reply').length === 90)
    const stored = await messagesOf(server, ben, room)
    expect(stored.map(({ content }: { content: string }) => Number(content))).toEqual(
      Array.from({ length: 90 }, (_, n) => n),
    )
    const seqs = sockets.map((socket) => socket.heard('reply').map(({ data }) => data.seq))
    expect(seqs[1]).toEqual(seqs[0]!)
    expect(seqs[2]).toEqual(seqs[0]!)
    await Promise.all(sockets.map((socket) => socket.close()))
  })

  test('a retry after a restart of the server gets the first result too', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const draft = { ...once, client_id: 'before-restart' }
    const before = await (await clientOver('rest', server, ben)).send(room, draft)
    await server.restart()
    for (const door of doors) {
      const bens = await clientOver(door, server, ben)
      expect((await bens.send(room, draft)).data!.seq).toBe(before.data!.seq)
      expect((await bens.send(room, { ...draft, content: 'other' })).code).toBe('conflict')
      await bens.close()
    }
    expect(await messagesOf(server, ben, room)).toHaveLength(1)
  })
})
