import { describe, expect, test } from 'bun:test'
import { expireRoom } from '../../src/features/retention/expire.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, meet } from './listener.ts'

type Item = { room: string; seq: number; at: string; message: Frame }

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const people = async (...names: string[]) => meet(at().server, ...names)
  const two = async () => (await people('ann', 'ben')) as [Person, Person]
  /** The room and `seq` of each saved message. */
  const shown = async (person: Person) => {
    const { items } = (await rest(at().server, person).get('/saved')).body
    return items.map(({ room, seq }: Item) => `${room} ${seq}`)
  }
  const rows = async () => {
    const [row] = await at().server.tools.sql.query<{ count: number }>(
      'select count(*)::int as count from saved_messages',
    )
    return row!.count
  }

  describe.each(eachDoor)('over %s', (door) => {
    test('you save messages of your rooms, and get them back page by page, what you saved last first', async () => {
      const { server } = at()
      const [ann, ben] = await two()
      const room = await makeRoom(server, ann, [ben])
      const other = await makeRoom(server, ben, [ann])
      const first = await post(server, ben, room, 'Fish?')
      const second = await post(server, ben, room, 'Boats?')
      const third = await post(server, ben, other, 'Nets?')
      const anns = await clientOver(door, server, ann)
      for (const [id, seq] of [
        [room, second],
        [other, third],
        [room, first],
      ] as const)
        expect((await anns.save(id, seq)).code).toBeUndefined()
      const page = (await anns.saved({ limit: 2 })).data!
      expect(page.items).toMatchObject([
        { room, seq: first, message: { seq: first, content: 'Fish?', author: { username: ben.username } } },
        { room: other, seq: third },
      ])
      const last = (await anns.saved({ limit: 2, before: page.next })).data!
      expect([last.items.map(({ seq }: Item) => seq), last.next]).toEqual([[second], undefined])
      // A cursor that is none of ours starts from the beginning.
      expect((await anns.saved({ limit: 2, before: '99999999999999.1.1' })).data!.items).toEqual(page.items)
      expect(await shown(ben)).toEqual([])

      // A second time it keeps its place.
      await anns.save(room, second)
      expect(await shown(ann)).toEqual([`${room} ${first}`, `${other} ${third}`, `${room} ${second}`])
      await anns.unsave(room, first)
      expect((await anns.unsave(room, first)).code).toBeUndefined()
      expect(await shown(ann)).toEqual([`${other} ${third}`, `${room} ${second}`])
      await anns.close()
    })

    test('what does not exist or was deleted is not saved', async () => {
      const { server } = at()
      const [ann, ben] = await two()
      const room = await makeRoom(server, ann, [ben])
      const gone = await post(server, ben, room, 'Never mind')
      await rest(server, ben).delete(`/rooms/${room}/messages/${gone}`)
      const anns = await clientOver(door, server, ann)
      expect(await anns.save(room, 999)).toMatchObject({ code: 'not_found', reason: 'message_not_found' })
      expect(await anns.save(room, gone)).toMatchObject({ code: 'gone', reason: 'message_deleted' })
      // An entry of the log that is no message.
      expect(await anns.save(room, 1)).toMatchObject({ reason: 'message_not_found' })
      expect(await shown(ann)).toEqual([])
      await anns.close()
    })

    test('a person saves at most 1,000 messages', async () => {
      const { server } = at()
      const [ann, ben] = await two()
      const room = await makeRoom(server, ann, [ben])
      const seq = await post(server, ben, room, 'One too many')
      const already = await post(server, ben, room, 'Saved before')
      await rest(server, ann).put(`/rooms/${room}/messages/${already}/saved`)
      await server.tools.sql.query(
        `insert into saved_messages (room_key, seq, user_id, at)
         select key, 1000000 + n, users.id, now() from rooms, users, generate_series(1, 999) as n
         where rooms.id = $1 and username = $2`,
        [room, ann.username],
      )
      const anns = await clientOver(door, server, ann)
      expect(await anns.save(room, seq)).toMatchObject({ code: 'conflict', reason: 'too_many_saved' })
      expect((await anns.save(room, already)).code).toBeUndefined()
      await anns.unsave(room, already)
      expect((await anns.save(room, seq)).code).toBeUndefined()
      await anns.close()
    })
  })

  test('every socket of the person hears of it, and nobody else', async () => {
    const { server } = at()
    const [ann, ben] = await two()
    const room = await makeRoom(server, ann, [ben])
    const seq = await post(server, ben, room, 'Fish?')
    const [one, another, bens] = [
      await socketOf(server, ann),
      await socketOf(server, ann),
      await socketOf(server, ben),
    ]
    await one.ask({ type: 'saved.add', room, seq })
    await one.ask({ type: 'saved.add', room, seq })
    await one.ask({ type: 'saved.remove', room, seq })
    for (const socket of [one, another]) {
      const heard = [await socket.next('saved.changed'), await socket.next('saved.changed')]
      expect(heard).toEqual([
        { type: 'saved.changed', room, seq, saved: true },
        { type: 'saved.changed', room, seq, saved: false },
      ])
      await socket.ask({ type: 'ping' })
      expect(socket.heard('saved.changed')).toHaveLength(2)
    }
    await bens.ask({ type: 'ping' })
    expect(bens.heard('saved.changed')).toEqual([])
    await closeAll(one, another, bens)
  })

  test('a message shows its last text, and is not there while its person may not read it', async () => {
    const { server } = at()
    const [ann, ben] = await two()
    const room = await makeRoom(server, ben, [ann], { access: 'closed' })
    // Otherwise they share none, and she is invited.
    await makeRoom(server, ben, [ann])
    const seq = await post(server, ben, room, 'Frist')
    await rest(server, ann).put(`/rooms/${room}/messages/${seq}/saved`)
    await rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content: 'First' })
    const { items } = (await rest(server, ann).get('/saved')).body
    expect(items).toMatchObject([{ message: { content: 'First' } }])
    await rest(server, ben).delete(`/rooms/${room}/members/${ann.username}`)
    expect(await shown(ann)).toEqual([])
    await rest(server, ben).put(`/rooms/${room}/members/${ann.username}`, {})
    expect(await shown(ann)).toEqual([`${room} ${seq}`])
  })

  test('nothing is left of a message that is deleted, or too old for its room', async () => {
    const { server } = at()
    const [ann, ben] = await two()
    const room = await makeRoom(server, ann, [ben])
    const before = await rows()
    const [first, second] = [await post(server, ben, room, 'One'), await post(server, ben, room, 'Two')]
    for (const seq of [first, second]) await rest(server, ann).put(`/rooms/${room}/messages/${seq}/saved`)
    expect(await rows()).toBe(before + 2)
    await rest(server, ben).delete(`/rooms/${room}/messages/${first}`)
    expect(await rows()).toBe(before + 1)
    await rest(server, ann).patch(`/rooms/${room}`, { retention_days: 1 })
    await server.tools.sql.query(
      "update log set at = at - interval '2 days' where room_key = (select key from rooms where id = $1)",
      [room],
    )
    const [limited] = await server.tools.sql.query<never>(
      'select key, id, epoch, expired_seq as "expiredSeq", 1 as days from rooms where id = $1',
      [room],
    )
    await expireRoom(server.tools, limited!, { from: 0, isStopped: () => false })
    expect(await rows()).toBe(before)
  })
})
