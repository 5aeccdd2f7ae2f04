import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor, type TestServer } from '../support/server.ts'
import { closeAll, listener, meet } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  async function pair(server: TestServer) {
    const [ann, bob] = (await meet(server, 'ann', 'bob')) as [Person, Person]
    const { body } = await rest(server, ann).post('/directs', { usernames: [bob.username] })
    return { ann, bob, room: body.id as string }
  }

  const marksOf = async (server: TestServer, person: Person, room: string) => {
    const { body } = await rest(server, person).get(`/rooms/${room}/members`)
    return body.items.map((m: Record<string, unknown>) => [m.username, m.delivered_seq, m.read_seq])
  }

  test('in a direct room the sender learns when a message was delivered, and when it was read', async () => {
    const { server } = at()
    const { ann, bob, room } = await pair(server)
    const anns = await listener(server, ann, room)
    const seq = await post(server, ann, room, 'Are you there?')
    await anns.next(
      ({ type, username, delivered_seq }) =>
        type === 'receipt.changed' && username === ann.username && delivered_seq === seq,
    )
    expect(await marksOf(server, ann, room)).toEqual([
      [ann.username, seq, 2],
      [bob.username, 2, 2],
    ])
    // He comes: what is there is delivered, and not yet read.
    const bobs = await listener(server, bob, room)
    const delivered = await anns.next(
      ({ type, username }) => type === 'receipt.changed' && username === bob.username,
    )
    expect(delivered).toEqual({
      ...{ type: 'receipt.changed', room, username: bob.username, delivered_seq: seq, read_seq: 2 },
    })
    await bobs.ask({ type: 'read.mark', room, seq })
    const read = await anns.next(
      ({ type, username }) => type === 'receipt.changed' && username === bob.username,
    )
    expect([read.delivered_seq, read.read_seq]).toEqual([seq, seq])
    expect(await marksOf(server, ann, room)).toEqual([
      [ann.username, seq, 2],
      [bob.username, seq, seq],
    ])
    await closeAll(anns, bobs)
  })

  // The receipt counted without an end, and the list of rooms only in the first 500 events: two numbers for one room.
  test('what is unread after a mark is counted as the list of rooms counts it', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const writer = await listener(server, ben)
    for (let n = 0; n < 510; n += 51)
      await Promise.all(
        Array.from({ length: 51 }, () => writer.ask({ type: 'message.send', room, content: 'Hello' })),
      )
    const reader = await listener(server, cleo)
    await reader.ask({ type: 'read.mark', room, seq: 3 })
    const { unread } = (await rest(server, cleo).get(`/rooms/${room}`)).body
    expect(unread).toBe(500)
    expect((await reader.next('read.changed')).unread).toBe(unread)
    await closeAll(writer, reader)
  })

  test('elsewhere there are no delivered marks', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const bens = await listener(server, ben, room)
    const cleos = await listener(server, cleo, room)
    await post(server, ben, room, 'To all')
    const { body } = await rest(server, ben).get(`/rooms/${room}/members`)
    expect(JSON.stringify(body)).not.toContain('delivered_seq')
    // Said later in a direct room, and delivered there: by then it would have come here too.
    const direct = await pair(server)
    const anns = await listener(server, direct.ann, direct.room)
    await post(server, direct.ann, direct.room, 'To one')
    await anns.next('receipt.changed')
    expect(await bens.newEvents()).toEqual(['message.created To all'])
    await closeAll(anns, bens, cleos)
  })

  describe.each(eachDoor)('over %s', (door) => {
    test('a read mark is the same on all devices of a person and never goes back, no matter which is faster', async () => {
      const { server, ben } = at()
      const [ann] = (await meet(server, 'ann')) as [Person]
      const room = await makeRoom(server, ben, [ann])
      for (let n = 0; n < 20; n++) await post(server, ben, room, `${n}`)
      const [phone, laptop] = [await listener(server, ann), await listener(server, ann)]
      const client = await clientOver(door, server, ann)
      const wanted = [5, 22, 9, 14, 3, 20, 11, 7]
      await Promise.all(wanted.map((seq) => client.read(room, seq)))
      expect((await rest(server, ann).get(`/rooms/${room}`)).body).toMatchObject({ read_seq: 22, unread: 0 })
      for (const device of [phone, laptop]) {
        const marks = (await device.newEvents()).map((each) => Number(/read.changed (\d+)/.exec(each)?.[1]))
        expect(marks).toEqual(marks.toSorted((a, b) => a - b))
        expect(marks.at(-1)).toBe(22)
      }
      await closeAll(phone, laptop, client)
    })

    test('unread is derived: own and deleted messages do not count, and every list says the same', async () => {
      const { server, ben } = at()
      const [ann] = (await meet(server, 'ann')) as [Person]
      const room = await makeRoom(server, ben, [ann])
      const first = await post(server, ben, room, 'one')
      await post(server, ben, room, 'two')
      await post(server, ann, room, 'mine')
      await post(server, ben, room, 'three')
      const client = await clientOver(door, server, ann)
      const unread = async () => {
        const one = (await rest(server, ann).get(`/rooms/${room}`)).body.unread
        const listed = (await rest(server, ann).get('/rooms')).body.items.find(
          (r: { id: string }) => r.id === room,
        )
        const socket = await listener(server, ann)
        const [hello] = socket.heard('hello')
        const greeted = hello!.rooms.find((r: { id: string }) => r.id === room).unread
        await socket.close()
        expect([listed.unread, greeted]).toEqual([one, one])
        return one
      }
      expect(await unread()).toBe(3)
      await rest(server, ben).delete(`/rooms/${room}/messages/${first}`)
      expect(await unread()).toBe(2)
      await client.read(room, first + 1)
      expect(await unread()).toBe(1)
      await client.close()
    })
  })
})
