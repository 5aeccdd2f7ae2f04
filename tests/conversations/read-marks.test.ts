import { describe, expect, test } from 'bun:test'
import { meet } from '../features/listener.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { statementsOf } from '../support/statements.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  const marks = async (server: { url: string }, person: Person, room: string) => {
    const { read_seq, unread } = (await rest(server, person).get(`/rooms/${room}`)).body
    return [read_seq, unread]
  }

  test('the read marks of many people who read at once are stored together, and none is mixed up', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben, [])
    const readers = await meet(server, ...Array.from({ length: 24 }, (_, n) => `reader${n}`))
    for (const reader of readers) await rest(server, reader).put(`/rooms/${room}/members/me`, {})
    for (let n = 0; n < 3; n++) await post(server, ben, room, `${n}`)
    const head = await post(server, ben, room, 'Read me, all of you')
    const sockets = await Promise.all(readers.map((reader) => socketOf(server, reader)))
    // Memberships are in memory from here on.
    await Promise.all(sockets.map((socket) => socket.ask({ type: 'room.subscribe', room })))
    const before = statementsOf(server)
    const replies = await Promise.all(
      sockets.flatMap((socket, n) =>
        [head - 1 - (n % 3), head - (n % 3)].map((seq) => socket.ask({ type: 'read.mark', room, seq })),
      ),
    )
    expect(statementsOf(server) - before).toBeLessThan(24)
    expect(replies.filter((_, at) => at % 2 === 1).map(({ data }) => data.read_seq)).toEqual(
      readers.map((_, n) => head - (n % 3)),
    )
    const heard = sockets.map((socket) => socket.heard('read.changed').at(-1)!)
    expect(heard.map(({ read_seq, unread }) => [read_seq, unread])).toEqual(
      readers.map((_, n) => [head - (n % 3), n % 3]),
    )
    await Promise.all(sockets.map((socket) => socket.close()))
  })

  describe.each(eachDoor)('over %s', (door) => {
    test('a read mark moves forwards, never backwards and never beyond the head', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      for (let n = 1; n <= 4; n++) await post(server, ben, room, `${n}`)
      await post(server, cleo, room, 'of her own is never unread')
      expect(await marks(server, cleo, room)).toEqual([2, 4])
      const cleos = await clientOver(door, server, cleo)
      await cleos.read(room, 4)
      expect(await marks(server, cleo, room)).toEqual([4, 2])
      await cleos.read(room, 3)
      expect(await marks(server, cleo, room)).toEqual([4, 2])
      await cleos.read(room, Number.MAX_SAFE_INTEGER)
      expect(await marks(server, cleo, room)).toEqual([7, 0])
      for (const seq of [-1, 1.5, 2 ** 60])
        expect([seq, (await cleos.read(room, seq)).code]).toEqual([seq, 'invalid'])
      await cleos.close()
    })

    test('a read mark is sent to your other sockets and, as a receipt, to the room', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const seq = await post(server, ben, room, 'Read me')
      const [bens, cleos] = [await socketOf(server, ben), await socketOf(server, cleo)]
      await bens.ask({ type: 'room.subscribe', room })
      await cleos.next('hello')
      const client = await clientOver(door, server, cleo)
      await client.read(room, seq)
      await client.read(room, seq)
      expect(await cleos.next('read.changed')).toEqual({
        type: 'read.changed',
        room,
        read_seq: seq,
        unread: 0,
        mentions: 0,
        head: seq,
      })
      expect(await bens.next('receipt.changed')).toEqual({
        ...{ type: 'receipt.changed', room, username: 'cleo', delivered_seq: seq, read_seq: seq },
      })
      await Promise.all([bens.ask({ type: 'ping' }), cleos.ask({ type: 'ping' })])
      expect(bens.heard('receipt.changed', 'read.changed')).toHaveLength(1)
      expect(cleos.heard('receipt.changed', 'read.changed')).toHaveLength(1)
      for (const each of [bens, cleos, client]) await each.close()
    })

    test('only a member can mark a room as read', async () => {
      const { server, ben, dan } = at()
      const room = await makeRoom(server, ben)
      const dans = await clientOver(door, server, dan)
      expect((await dans.read(room, 1)).code).toBe('forbidden')
      await dans.close()
    })
  })

  test('the reply has the read mark, even if it did not move', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    for (let n = 1; n <= 3; n++) await post(server, ben, room, `${n}`)
    const socket = await socketOf(server, ben)
    const mark = async (seq: number) => (await socket.ask({ type: 'read.mark', room, seq })).data
    const none = { room, unread: 0, mentions: 0, head: 4 }
    expect(await mark(3)).toEqual({ ...none, read_seq: 3 })
    expect(await mark(2)).toEqual({ ...none, read_seq: 3 })
    expect(await mark(99)).toEqual({ ...none, read_seq: 4 })
    expect(await mark(99)).toEqual({ ...none, read_seq: 4 })
    await socket.close()
  })
})
