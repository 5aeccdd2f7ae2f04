import { describe, expect, test } from 'bun:test'
import { type Slow, slowQuery, valuesOf } from '../permissions/slow.ts'
import { acquaint, cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, listener, logOf, meet, membersOf, outcome } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const put = (by: Person, room: string, username: string, role?: string) =>
    outcome(rest(at().server, by).put(`/rooms/${room}/members/${username}`, role ? { role } : {}))
  const remove = (by: Person, room: string, username: string) =>
    outcome(rest(at().server, by).delete(`/rooms/${room}/members/${username}`))

  test('a person who is added gets an event, and so does the room; adding them again changes nothing', async () => {
    const { server, ben, dan } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    await acquaint(server, ben, ann)
    const room = await makeRoom(server, ben, [], { access: 'closed' })
    const [bens, anns, dans] = [
      await listener(server, ben, room),
      await listener(server, ann),
      await listener(server, dan),
    ]
    expect([await put(ben, room, ann.username), await put(ben, room, ann.username)]).toEqual(['ok', 'ok'])
    expect(await bens.newEvents()).toEqual([`member.joined ${ann.username} member`])
    expect(await anns.newEvents()).toEqual([`room.opened ${room}`])
    expect(await dans.newEvents()).toEqual([])
    expect((await anns.ask({ type: 'room.subscribe', room })).data.mode).toBe('live')
    await closeAll(bens, anns, dans)
  })

  test('a member who is removed gets that event, as the room does, and nothing later; their messages stay', async () => {
    const { server, ben, cleo } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    await acquaint(server, ben, cleo)
    const room = await makeRoom(server, ben, [ann], { access: 'closed' })
    const [bens, anns] = [await listener(server, ben, room), await listener(server, ann, room)]
    expect(await remove(ben, room, ann.username)).toBe('ok')
    expect(await put(ben, room, 'cleo')).toBe('ok')
    expect(await anns.newEvents()).toEqual([`room.closed ${room} removed`])
    expect(await bens.newEvents()).toEqual([
      `member.left ${ann.username} member`,
      'member.joined cleo member',
    ])
    expect(await remove(ben, room, ann.username)).toBe('not_found')
    await closeAll(bens, anns)
  })

  test('a change of role is sent to the room, and counts at once on an open socket', async () => {
    const { server, ben, cleo } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const room = await makeRoom(server, ben, [cleo, ann])
    const [hers, anns] = [await listener(server, cleo, room), await listener(server, ann, room)]
    const { data } = await anns.ask({ type: 'message.send', room, content: 'Look' })
    const pin = async () => (await hers.ask({ type: 'pin.add', room, seq: data.seq })).code
    expect(await pin()).toBe('forbidden')
    expect(await put(ben, room, 'cleo', 'moderator')).toBe('ok')
    expect(await pin()).toBeUndefined()
    expect(await put(ben, room, 'cleo', 'member')).toBe('ok')
    expect((await hers.ask({ type: 'pin.remove', room, seq: data.seq })).code).toBe('forbidden')
    expect(await anns.newEvents()).toEqual([
      'message.created Look',
      'member.updated cleo moderator',
      'pin.added',
      'member.updated cleo member',
    ])
    await closeAll(hers, anns)
  })

  describe.each(eachDoor)('over %s', (door) => {
    test('the last owner can neither leave nor step down; after handing over they can', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const bens = await clientOver(door, server, ben)
      const before = await logOf(server, ben, room)
      expect((await bens.leave(room)).code).toBe('conflict')
      expect(await put(ben, room, 'ben', 'member')).toBe('conflict')
      expect(await remove(ben, room, 'ben')).toBe('conflict')
      expect(await logOf(server, ben, room)).toEqual(before)
      const hers = await listener(server, cleo, room)
      expect(await put(ben, room, 'cleo', 'owner')).toBe('ok')
      expect((await bens.leave(room)).code).toBeUndefined()
      expect(await hers.newEvents()).toEqual(['member.updated cleo owner', 'member.left ben owner'])
      expect(await membersOf(server, cleo, room)).toEqual(['cleo'])
      await closeAll(bens, hers)
    })
  })

  test('an administrator who is demoted loses the rooms for administrators at once, on every open socket', async () => {
    const { server, ada } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    await rest(server, ada).put(`/users/${eve.username}/roles/admin`)
    const room = await makeRoom(server, ada, [eve], { access: 'admins' })
    const many = await listener(server, eve, room)
    const simple = await socketOf(server, eve, `/ws/${room}`)
    await simple.next('room.ready')
    const adas = await socketOf(server, ada)
    for (let n = 0; n < 100; n++) adas.send({ type: 'message.send', room, content: `${n}` })
    await many.next('message.created')
    expect(await outcome(rest(server, ada).delete(`/users/${eve.username}/roles/admin`))).toBe('ok')
    await adas.ask({ type: 'ping' })
    const heard = many.events().length
    const { data } = await adas.ask({ type: 'message.send', room, content: 'Not for Eve' })
    expect((await simple.ending()).code).toBe(4504)
    await many.ask({ type: 'ping' })
    for (const socket of [many, simple]) {
      expect(socket.events().filter(({ seq }) => seq >= data.seq)).toEqual([])
    }
    expect(many.events()).toHaveLength(heard)
    for (const type of ['room.subscribe', 'room.join', 'message.list', 'presence.list']) {
      expect([type, (await many.ask({ type, room })).code]).toEqual([type, 'not_found'])
    }
    expect((await rest(server, eve).get(`/rooms/${room}`)).status).toBe(404)
    expect(JSON.stringify((await rest(server, eve).get('/rooms')).body)).not.toContain(room)
    await closeAll(many, adas)
  })

  test('an administrator who is demoted loses a room for administrators before the database is asked for it', async () => {
    const { server, ada } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    await rest(server, ada).put(`/users/${eve.username}/roles/admin`)
    const room = await makeRoom(server, ada, [eve], { access: 'admins' })
    const eves = await listener(server, eve, room)
    const values = await valuesOf(server.tools, room)
    const slow = Promise.withResolvers<Slow>()
    server.tools.bus.subscribe((note) => {
      if (note.to === 'nodes' && note.change.what === 'user') slow.resolve(slowQuery(server.tools, ...values))
    })
    expect(await outcome(rest(server, ada).delete(`/users/${eve.username}/roles/admin`))).toBe('ok')
    await post(server, ada, room, 'Not for Eve')
    ;(await slow.promise).release()
    expect(await eves.newEvents()).toEqual(['user.updated'])
    await closeAll(eves)
  })
})
