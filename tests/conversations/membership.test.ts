import { describe, expect, test } from 'bun:test'
import { acquaint, cast, makeRoom, post } from '../support/cast.ts'
import { rest, socketOf, tryUpgrade, waitFor } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  describe.each(eachDoor)('over %s', (door) => {
    test('joining an open room is announced once, and the new member may read and write', async () => {
      const { server, ben, dan } = at()
      const room = await makeRoom(server, ben)
      const listener = await socketOf(server, ben)
      await listener.ask({ type: 'room.subscribe', room })
      const dans = await clientOver(door, server, dan)
      expect((await dans.send(room, { content: 'x' })).code).toBe('forbidden')
      expect((await dans.join(room)).code).toBeUndefined()
      expect((await dans.join(room)).code).toBeUndefined()
      expect((await dans.send(room, { content: 'I am in' })).code).toBeUndefined()
      await listener.next('message.created')
      expect(listener.events().map(({ type, username, role }) => [type, username, role])).toEqual([
        ['member.joined', 'dan', 'member'],
        ['message.created', undefined, undefined],
      ])
      await Promise.all([dans.close(), listener.close()])
    })

    test('leaving is announced; a former member receives nothing more, and may come back', async () => {
      const { server, ben, dan } = at()
      const room = await makeRoom(server, ben, [dan])
      const [bens, dans] = [await socketOf(server, ben), await socketOf(server, dan)]
      for (const socket of [bens, dans]) await socket.ask({ type: 'room.subscribe', room })
      const client = await clientOver(door, server, dan)
      expect((await client.leave(room)).code).toBeUndefined()
      expect(await dans.next('room.closed')).toEqual({ type: 'room.closed', room, reason: 'left' })
      await post(server, ben, room, 'About Dan')
      await bens.next('message.created')
      await dans.ask({ type: 'ping' })
      expect(dans.events()).toEqual([])
      expect(bens.events().map(({ type }) => type)).toEqual(['member.left', 'message.created'])
      expect((await client.leave(room)).code).toBe('forbidden')
      expect((await client.join(room)).code).toBeUndefined()
      for (const each of [bens, dans, client]) await each.close()
    })

    test('a closed room looks like no room to an outsider, in every way', async () => {
      const { server, ben, dan } = at()
      const room = await makeRoom(server, ben, [], { access: 'closed' })
      await post(server, ben, room, 'Among us')
      const dans = await clientOver(door, server, dan)
      for (const command of [
        (id: string) => dans.join(id),
        (id: string) => dans.leave(id),
        (id: string) => dans.send(id, { content: 'x' }),
        (id: string) => dans.list(id, {}),
        (id: string) => dans.edit(id, 2, 'x'),
        (id: string) => dans.remove(id, 2),
        (id: string) => dans.react(id, 2, '👍'),
        (id: string) => dans.pin(id, 2),
        (id: string) => dans.read(id, 2),
      ]) {
        const [hidden, none] = [await command(room), await command('no-such-room')]
        expect(hidden).toEqual(none)
        expect(hidden.code).toBe('not_found')
      }
      await dans.close()
    })

    test('the last owner cannot leave before handing the room over', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const bens = await clientOver(door, server, ben)
      expect((await bens.leave(room)).code).toBe('conflict')
      await rest(server, ben).put(`/rooms/${room}/members/cleo`, { role: 'owner' })
      expect((await bens.leave(room)).code).toBeUndefined()
      await bens.close()
    })
  })

  test('a private room is in no list of an outsider, and its socket and resume respond as for a missing room', async () => {
    const { server, ben, dan } = at()
    const room = await makeRoom(server, ben, [], { access: 'closed' })
    const api = rest(server, dan)
    const same = async (method: string, path: (id: string) => string, body?: unknown) => {
      const [hidden, none] = [
        await api.call(method, path(room), body),
        await api.call(method, path('nowhere'), body),
      ]
      expect([path(room), hidden.status, hidden.body]).toEqual([path(room), 404, none.body])
    }
    await same('GET', (id) => `/rooms/${id}`)
    await same('PATCH', (id) => `/rooms/${id}`, { title: 'x' })
    await same('DELETE', (id) => `/rooms/${id}`)
    await same('GET', (id) => `/rooms/${id}/members`)
    await same('PUT', (id) => `/rooms/${id}/members/dan`, {})
    await same('DELETE', (id) => `/rooms/${id}/members/ben`)
    await same('GET', (id) => `/rooms/${id}/log`)
    await same('GET', (id) => `/rooms/${id}/messages/2`)
    expect(JSON.stringify((await api.get('/rooms')).body)).not.toContain(room)
    expect((await tryUpgrade(server, `/ws/${room}?token=${dan.token}`)).status).toBe(404)
    const socket = await socketOf(server, dan)
    expect((await socket.next('hello')).rooms).not.toContainEqual(expect.objectContaining({ id: room }))
    for (const command of [
      { type: 'room.subscribe', since: { epoch: 'x', seq: 1 } },
      { type: 'presence.list' },
      { type: 'typing.start' },
      { type: 'room.unsubscribe' },
    ]) {
      const { ref: _, ...hidden } = await socket.ask({ ...command, room })
      const { ref: __, ...none } = await socket.ask({ ...command, room: 'nowhere' })
      expect(hidden).toEqual(none)
      expect(hidden.code).toBe('not_found')
    }
    await socket.close()
  })

  test('a private room gets a random name, even if another was requested', async () => {
    const { server, ben, dan } = at()
    const { body } = await rest(server, ben).post('/rooms', { id: 'secret-plan', access: 'closed' })
    expect(body).toMatchObject({ title: 'secret-plan', access: 'closed', role: 'owner' })
    expect(body.id).not.toContain('secret')
    expect((await rest(server, dan).post('/rooms', { id: 'secret-plan' })).status).toBe(201)
  })

  test('a member who is removed receives no later seq, and their socket of one room is closed', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const many = await socketOf(server, cleo)
    await many.ask({ type: 'room.subscribe', room })
    const simple = await socketOf(server, cleo, `/ws/${room}`)
    await simple.next('room.ready')
    const speaker = await socketOf(server, ben)
    for (let n = 0; n < 300; n++) speaker.send({ type: 'message.send', room, content: `${n}` })
    await many.next('message.created')
    await rest(server, ben).delete(`/rooms/${room}/members/cleo`)
    await speaker.ask({ type: 'ping' })
    await speaker.ask({ type: 'message.send', room, content: 'after' })
    expect((await simple.ending()).code).toBe(4504)
    await many.next('room.closed')
    await many.ask({ type: 'ping' })
    const { body } = await rest(server, ben).get(`/rooms/${room}/log?limit=500`)
    const removedAt = body.items.find(({ type }: { type: string }) => type === 'member.left').seq
    for (const socket of [many, simple]) {
      expect(Math.max(...socket.events().map(({ seq }) => seq))).toBeLessThan(removedAt)
    }
    expect((await many.ask({ type: 'room.subscribe', room })).code).toBe('forbidden')
    expect((await many.ask({ type: 'message.send', room, content: 'x' })).code).toBe('forbidden')
    await Promise.all([many.close(), speaker.close()])
  })

  test('in a closed room a removed member also loses its past', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo], { access: 'closed' })
    const seq = await post(server, cleo, room, 'Mine')
    await rest(server, ben).delete(`/rooms/${room}/members/cleo`)
    for (const path of ['', '/messages', '/log', '/members', `/messages/${seq}`]) {
      expect([path, (await rest(server, cleo).get(`/rooms/${room}${path}`)).status]).toEqual([path, 404])
    }
  })

  test('owners appoint, moderators add and remove members only, members none', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo])
    await acquaint(server, cleo, dan)
    const change = async (who: typeof ben, username: string, role?: string) =>
      (await rest(server, who).put(`/rooms/${room}/members/${username}`, role ? { role } : {})).status
    const remove = async (who: typeof ben, username: string) =>
      (await rest(server, who).delete(`/rooms/${room}/members/${username}`)).status
    expect(await change(cleo, 'dan')).toBe(403)
    expect(await change(cleo, 'cleo', 'owner')).toBe(403)
    expect(await change(ben, 'cleo', 'moderator')).toBe(204)
    expect(await change(cleo, 'dan')).toBe(204)
    expect(await change(cleo, 'dan', 'moderator')).toBe(403)
    expect(await change(cleo, 'cleo', 'owner')).toBe(403)
    expect(await remove(cleo, 'ben')).toBe(403)
    expect(await remove(dan, 'cleo')).toBe(403)
    expect(await change(ben, 'ben', 'member')).toBe(409)
    expect(await remove(cleo, 'dan')).toBe(204)
    expect(await remove(cleo, 'dan')).toBe(404)
    expect(await change(ben, 'nobody-here')).toBe(404)
    expect(await change(ada, 'dan', 'owner')).toBe(204)
    expect(await remove(ada, 'dan')).toBe(204)
  })

  test('a room for admins looks like no room to everybody else, members of old included', async () => {
    const { server, ada, dan } = at()
    const room = await makeRoom(server, ada, [], { access: 'admins' })
    expect((await rest(server, dan).get(`/rooms/${room}`)).status).toBe(404)
    expect((await rest(server, dan).put(`/rooms/${room}/members/me`, {})).status).toBe(404)
    expect((await tryUpgrade(server, `/ws/${room}?token=${dan.token}`)).status).toBe(404)
    expect((await rest(server, dan).post('/rooms', { id: 'mine', access: 'admins' })).status).toBe(403)
    expect((await rest(server, ada).put(`/rooms/${room}/members/dan`, {})).status).toBe(403)
  })

  test('a deleted room is gone for everyone at once, and a new room of the same name shares nothing with it', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    await post(server, ben, room, 'Of the old room')
    const many = await socketOf(server, cleo)
    const { data } = await many.ask({ type: 'room.subscribe', room })
    const simple = await socketOf(server, cleo, `/ws/${room}`)
    await simple.next('room.ready')
    expect((await rest(server, cleo).delete(`/rooms/${room}`)).status).toBe(403)
    expect((await rest(server, ben).delete(`/rooms/${room}`)).status).toBe(204)
    expect(await many.next('room.closed')).toEqual({ type: 'room.closed', room, reason: 'deleted' })
    expect((await simple.ending()).code).toBe(4504)
    expect((await many.ask({ type: 'message.send', room, content: 'x' })).code).toBe('not_found')
    expect((await rest(server, ben).get(`/rooms/${room}`)).status).toBe(404)

    const again = await rest(server, ben).post('/rooms', { id: room })
    expect(again.status).toBe(201)
    expect(again.body.epoch).not.toBe(data.epoch)
    expect((await rest(server, ben).get(`/rooms/${room}/messages`)).body.items).toEqual([])
    expect(
      (await many.ask({ type: 'room.subscribe', room, since: { epoch: data.epoch, seq: 2 } })).code,
    ).toBe('forbidden')
    await many.close()
  })

  test('rooms are listed by pages, each once: joined ones and open ones', async () => {
    const { server, ben, dan } = at()
    for (let n = 0; n < 5; n++)
      await makeRoom(server, ben, n % 2 ? [dan] : [], { access: n === 4 ? 'closed' : 'open' })
    const api = rest(server, dan)
    const whole = (await api.get('/rooms?limit=100')).body
    expect(whole.next).toBeUndefined()
    expect(whole.items.length).toBeGreaterThan(4)
    for (const limit of [1, 2, 3, whole.items.length]) {
      const walked: unknown[] = []
      for (let after = ''; ; ) {
        const { body } = await api.get(`/rooms?limit=${limit}&after=${after}`)
        walked.push(...body.items)
        if (body.next === undefined) break
        after = body.next
      }
      expect(walked).toEqual(whole.items)
    }
  })

  test('members are listed with role and presence, by pages', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const socket = await socketOf(server, cleo, `/ws/${room}`)
    await socket.next('room.ready')
    const { body } = await rest(server, ben).get(`/rooms/${room}/members`)
    expect(body.items.map((m: Record<string, string>) => [m.username, m.role, m.status])).toEqual([
      ['ben', 'owner', 'offline'],
      ['cleo', 'member', 'online'],
      ['dan', 'member', 'offline'],
    ])
    const first = await rest(server, ben).get(`/rooms/${room}/members?limit=2`)
    const rest_ = await rest(server, ben).get(`/rooms/${room}/members?limit=2&after=${first.body.next}`)
    expect([...first.body.items, ...rest_.body.items]).toEqual(body.items)
    expect(rest_.body.next).toBeUndefined()
    await socket.close()
    await waitFor('offline', async () => {
      const now = (await rest(server, ben).get(`/rooms/${room}/members`)).body
      return now.items[1].status === 'offline'
    })
  })
})
