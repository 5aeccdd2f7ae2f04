import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, listener, logOf, meet, outcome } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  describe.each(eachDoor)('over %s', (door) => {
    test('where only moderators post, members read and react', async () => {
      const { server, ada, ben, cleo, dan } = at()
      const room = await makeRoom(server, ben, [ada, cleo, dan], { posting: 'moderators' })
      await rest(server, ben).put(`/rooms/${room}/members/dan`, { role: 'moderator' })
      const send = async (person: Person) => {
        const client = await clientOver(door, server, person)
        const { code } = await client.send(room, { content: 'News' })
        await client.close()
        return code
      }
      expect(await send(cleo)).toBe('forbidden')
      for (const person of [ben, dan, ada]) expect(await send(person)).toBeUndefined()
      const cleos = await clientOver(door, server, cleo)
      const [news] = (await cleos.list(room, {})).data!.items
      expect((await cleos.react(room, news.seq, '👏')).code).toBeUndefined()
      await rest(server, ben).patch(`/rooms/${room}`, { posting: 'members' })
      expect(await send(cleo)).toBeUndefined()
      await cleos.close()
    })

    test('in slow mode a member waits between two messages, moderators and others do not', async () => {
      const { server, ben, cleo, dan } = at()
      const room = await makeRoom(server, ben, [cleo, dan])
      await rest(server, ben).patch(`/rooms/${room}`, { slow_seconds: 600 })
      expect((await rest(server, cleo).get(`/rooms/${room}`)).body.slow_seconds).toBe(600)
      const send = async (person: Person) => {
        const client = await clientOver(door, server, person)
        const { code } = await client.send(room, { content: 'x' })
        await client.close()
        return code
      }
      expect([await send(cleo), await send(cleo)]).toEqual([undefined, 'rate_limited'])
      expect([await send(ben), await send(ben), await send(dan)]).toEqual([undefined, undefined, undefined])
      const refused = await rest(server, cleo).post(`/rooms/${room}/messages`, { content: 'x' })
      expect([refused.status, refused.body.retry_after_ms > 590_000]).toEqual([429, true])
      await rest(server, ben).patch(`/rooms/${room}`, { slow_seconds: 0 })
      expect([await send(cleo), await send(cleo)]).toEqual([undefined, undefined])
    })

    test('an archived room can only be read, until it is unarchived', async () => {
      const { server, ben, cleo, dan } = at()
      const room = await makeRoom(server, ben, [cleo])
      const seq = await post(server, cleo, room, 'For the record')
      const hers = await listener(server, cleo, room)
      await rest(server, ben).patch(`/rooms/${room}`, { archived: true })
      expect(await hers.newEvents()).toEqual(['room.updated {"archived":true}'])
      const [cleos, bens, dans] = await Promise.all(
        [cleo, ben, dan].map((each) => clientOver(door, server, each)),
      )
      for (const command of [
        () => cleos!.send(room, { content: 'x' }),
        () => bens!.send(room, { content: 'x' }),
        () => cleos!.edit(room, seq, 'x'),
        () => bens!.remove(room, seq),
        () => bens!.pin(room, seq),
        () => cleos!.react(room, seq, '👍'),
        () => dans!.join(room),
      ]) {
        expect((await command()).code).toBe('forbidden')
      }
      expect((await cleos!.list(room, {})).data!.items).toHaveLength(1)
      expect((await cleos!.read(room, seq)).code).toBeUndefined()
      await rest(server, ben).patch(`/rooms/${room}`, { archived: false })
      expect((await cleos!.send(room, { content: 'We go on' })).code).toBeUndefined()
      expect((await hers.newEvents()).filter((each) => !each.startsWith('re'))).toEqual(
        ['room.updated {"archived":false}', 'message.created We go on'].filter(
          (each) => !each.startsWith('re'),
        ),
      )
      await closeAll(hers, cleos!, bens!, dans!)
    })
  })

  test('a change of title and description is sent to everyone in the room, and the id stays', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const hers = await listener(server, cleo, room)
    const { body } = await rest(server, ben).patch(`/rooms/${room}`, {
      title: 'The quay',
      description: 'Boats.',
    })
    expect(body).toMatchObject({ id: room, title: 'The quay', description: 'Boats.', role: 'owner' })
    expect(await hers.newEvents()).toEqual(['room.updated {"title":"The quay","description":"Boats."}'])
    expect(await outcome(rest(server, cleo).patch(`/rooms/${room}`, { title: 'Mine' }))).toBe('forbidden')
    for (const change of [{}, { title: ' ' }, { access: 'direct' }, { id: 'other' }, { slow_seconds: -1 }]) {
      expect([change, await outcome(rest(server, ben).patch(`/rooms/${room}`, change))]).toEqual([
        change,
        'invalid',
      ])
    }
    expect(await hers.newEvents()).toEqual([])
    await hers.close()
  })

  test('deletion closes a room at once, with a word on every socket of every member', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo])
    const listening = await listener(server, cleo, room)
    const elsewhere = await listener(server, cleo)
    const owner = await listener(server, ben, room)
    const outsider = await listener(server, dan)
    const simple = await socketOf(server, cleo, `/ws/${room}`)
    await simple.next('room.ready')
    expect(await outcome(rest(server, ada).delete(`/rooms/${room}`))).toBe('ok')
    for (const each of [listening, elsewhere, owner]) {
      expect(await each.newEvents()).toEqual([`room.closed ${room} deleted`])
    }
    expect(await outsider.newEvents()).toEqual([])
    expect((await simple.ending()).code).toBe(4504)
    expect(simple.heard('room.closed')).toEqual([{ type: 'room.closed', room, reason: 'deleted' }])
    for (const person of [ada, ben, cleo, dan]) {
      expect(await outcome(rest(server, person).get(`/rooms/${room}`))).toBe('not_found')
      expect(JSON.stringify((await rest(server, person).get('/rooms')).body)).not.toContain(`"${room}"`)
    }
    await closeAll(listening, elsewhere, owner, outsider)
  })

  test('the name can be used again; a client of the old room has to start again, and cannot resume', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    for (let n = 0; n < 5; n++) await post(server, ben, room, `old ${n}`)
    const client = await socketOf(server, cleo)
    const { data: old } = await client.ask({ type: 'room.subscribe', room })
    await rest(server, ben).delete(`/rooms/${room}`)
    const made = await rest(server, cleo).post('/rooms', { id: room, title: 'Another' })
    expect(made.status).toBe(201)
    for (let n = 0; n < 6; n++) await post(server, cleo, room, `new ${n}`)
    const since = { epoch: old.epoch, seq: old.head }
    const { data } = await client.ask({ type: 'room.subscribe', room, since })
    expect(data).toMatchObject({ mode: 'reset', head: 7, epoch: made.body.epoch })
    expect(data.messages.map(({ content }: { content: string }) => content)).toEqual(
      [0, 1, 2, 3, 4, 5].map((n) => `new ${n}`),
    )
    expect(await logOf(server, cleo, room)).toHaveLength(7)
    expect((await rest(server, ben).get(`/rooms/${room}/messages`)).body.code).toBe('forbidden')
    expect(client.events().filter(({ epoch }) => epoch === made.body.epoch)).toEqual([])
    await client.close()
  })

  test('a person is online while at least one of their sockets is open', async () => {
    const { server, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const room = await makeRoom(server, ben, [ann])
    const bens = await listener(server, ben, room)
    const phone = await listener(server, ann, room)
    const laptop = await listener(server, ann, room)
    const simple = await socketOf(server, ann, `/ws/${room}`)
    expect((await simple.next('room.ready')).members_online).toBe(2)
    await bens.next(({ type, online }) => type === 'presence.changed' && online?.includes(ann.username))
    expect(await bens.newEvents({ presence: true })).toEqual([`${ann.username} online`])
    const listed = await bens.ask({ type: 'presence.list', room })
    expect(listed.data).toEqual({ room, count: 2, online: [ann.username, 'ben'].sort() })
    await closeAll(phone, simple)
    await laptop.ask({ type: 'ping' })
    expect(await bens.newEvents({ presence: true })).toEqual([])
    await laptop.ask({ type: 'room.unsubscribe', room })
    await bens.next(({ type, offline }) => type === 'presence.changed' && offline)
    expect(await bens.newEvents({ presence: true })).toEqual([`${ann.username} offline`])
    await closeAll(bens, laptop)
  })

  test('typing is sent at most once in three seconds, and ends by itself', async () => {
    const { server, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const room = await makeRoom(server, ben, [ann])
    const bens = await listener(server, ben, room)
    const anns = await listener(server, ann, room)
    for (let n = 0; n < 20; n++) await anns.ask({ type: 'typing.start', room })
    await bens.newEvents()
    expect(bens.heard('typing.changed')).toEqual([
      { type: 'typing.changed', room, username: ann.username, typing: true },
    ])
    await bens.next(({ type, typing }) => type === 'typing.changed' && typing === false)
    await closeAll(bens, anns)
  })
})
