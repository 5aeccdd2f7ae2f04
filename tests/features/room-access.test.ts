import { expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, listener, logOf, membersOf, outcome } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const lists = async (person: Person, room: string) =>
    JSON.stringify((await rest(at().server, person).get('/rooms')).body).includes(`"${room}"`)

  test('an open room that becomes private leaves the list of others, and keeps its members and its id', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo])
    await post(server, ben, room, 'Among us')
    const [hers, his] = [await listener(server, cleo, room), await listener(server, dan)]
    expect(await lists(dan, room)).toBe(true)
    const { body } = await rest(server, ben).patch(`/rooms/${room}`, { access: 'closed' })
    expect(body).toMatchObject({ id: room, access: 'closed', role: 'owner' })
    expect(await hers.newEvents()).toEqual(['room.updated {"access":"closed"}'])
    expect(await his.newEvents()).toEqual([])
    expect([await lists(dan, room), await lists(cleo, room)]).toEqual([false, true])
    // Somebody who saw it in a list, or had it in view before.
    expect(await outcome(rest(server, dan).get(`/rooms/${room}`))).toBe('not_found')
    expect(await outcome(rest(server, dan).put(`/rooms/${room}/members/me`))).toBe('not_found')
    expect((await his.ask({ type: 'room.join', room })).code).toBe('not_found')
    expect(await membersOf(server, cleo, room)).toEqual(['ben', 'cleo'])
    expect(await post(server, cleo, room, 'Still here')).toBeGreaterThan(0)
    await closeAll(hers, his)
  })

  test('a private room that is opened is found by all, with its history', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo], { access: 'closed', id: undefined, title: 'Crew' })
    await post(server, cleo, room, 'Before')
    expect(await lists(dan, room)).toBe(false)
    expect(await outcome(rest(server, cleo).patch(`/rooms/${room}`, { access: 'open' }))).toBe('forbidden')
    await rest(server, ben).patch(`/rooms/${room}`, { access: 'open' })
    expect(await lists(dan, room)).toBe(true)
    expect(await outcome(rest(server, dan).put(`/rooms/${room}/members/me`))).toBe('ok')
    const { body } = await rest(server, dan).get(`/rooms/${room}/messages`)
    expect(body.items.map(({ content }: { content: string }) => content)).toEqual(['Before'])
  })

  // It shows what others have written to more people, or hides a room: an owner cannot do it without a trace.
  test('who can join is changed by owners and administrators, and both are in the audit log', async () => {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    await rest(server, ben).patch(`/rooms/${room}`, { access: 'closed', title: 'Ours' })
    await rest(server, ada).patch(`/rooms/${room}`, { access: 'open' })
    const { body } = await rest(server, ada).get('/audit')
    const entries = (body.items as { room?: string }[]).filter((entry) => entry.room === room)
    expect(entries).toMatchObject([
      { actor: 'ada', action: 'room.changed', detail: { fields: ['access'], access: 'open' } },
      { actor: 'ben', action: 'room.changed', detail: { fields: ['access', 'title'], access: 'closed' } },
    ])
  })

  test('a room for administrators stays one, and no room becomes one', async () => {
    const { server, ada, ben } = at()
    const refused = await rest(server, ada).patch('/rooms/admin_room', { access: 'open' })
    expect([refused.status, refused.body.errors[0]]).toMatchObject([
      422,
      { path: '/access', reason: 'admins_room_stays' },
    ])
    const room = await makeRoom(server, ben)
    for (const access of ['admins', 'direct', 'public', null]) {
      expect(await outcome(rest(server, ada).patch(`/rooms/${room}`, { access }))).toBe('invalid')
    }
    expect((await rest(server, ben).get(`/rooms/${room}`)).body.access).toBe('open')
  })

  // Each "Save" of a form with all of its fields was a line in the room, and moved it to the top of the list.
  test('a change to what is so already stores nothing, and an event has only what has changed', async () => {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo], { title: 'Quay', description: 'Boats.' })
    const hers = await listener(server, cleo, room)
    const now = {
      title: 'Quay',
      description: 'Boats.',
      access: 'open',
      posting: 'members',
      slow_seconds: 0,
      mention_room: 'members',
      archived: false,
      retention_days: 0,
    }
    const before = (await rest(server, ben).get(`/rooms/${room}`)).body
    expect((await rest(server, ben).patch(`/rooms/${room}`, now)).body).toEqual(before)
    expect((await rest(server, ada).patch(`/rooms/${room}`, { title: 'Quay' })).status).toBe(200)
    expect(await hers.newEvents()).toEqual([])
    await rest(server, ben).patch(`/rooms/${room}`, { ...now, title: 'Pier', slow_seconds: 5 })
    expect(await hers.newEvents()).toEqual(['room.updated {"title":"Pier","slow_seconds":5}'])
    await rest(server, ben).patch(`/rooms/${room}`, { archived: true })
    await rest(server, ben).patch(`/rooms/${room}`, { archived: true })
    expect((await logOf(server, ben, room)).filter((entry) => entry.startsWith('room.updated'))).toHaveLength(
      2,
    )
    const { body } = await rest(server, ada).get('/audit')
    expect((body.items as { room?: string }[]).filter((entry) => entry.room === room)).toEqual([])
    await hers.close()
  })
})
