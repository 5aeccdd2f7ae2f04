import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { type Door, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor, type TestServer } from '../support/server.ts'
import { closeAll, listener, logOf, meet, outcome } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  /** Asks for a direct room at one of the doors. */
  async function open(door: Door, server: TestServer, person: Person, ...others: (Person | string)[]) {
    const usernames = others.map((other) => (typeof other === 'string' ? other : other.username))
    if (door === 'rest') {
      const { status, body } = await rest(server, person).post('/directs', { usernames })
      return status < 400 ? { room: body } : { code: body.code as string, refusal: JSON.stringify(body) }
    }
    const socket = await socketOf(server, person)
    const { ref: _, ...answer } = await socket.ask({ type: 'direct.open', usernames })
    await socket.close()
    return answer.type === 'reply'
      ? { room: answer.data }
      : { code: answer.code as string, refusal: JSON.stringify(answer) }
  }

  describe.each(eachDoor)('over %s', (door) => {
    test('the same people have one direct room, no matter who opens it and in which order they are named', async () => {
      const { server } = at()
      const [ann, bob, cam] = (await meet(server, 'ann', 'bob', 'cam')) as [Person, Person, Person]
      const { room } = await open(door, server, ann, bob, cam)
      expect(room).toMatchObject({ access: 'direct', role: 'member', head: 3, unread: 0 })
      expect(room.people).toEqual([ann.username, bob.username, cam.username])
      for (const [who, ...others] of [
        [bob, cam, ann],
        [cam, bob, ann, ann],
        [ann, ann, cam, bob],
      ] as const) {
        expect((await open(door, server, who, ...others)).room.id).toBe(room.id)
      }
      expect((await open(door, server, ann, bob)).room.id).not.toBe(room.id)
    })

    test('the others’ sockets learn of it by room.opened, once, and may write at once', async () => {
      const { server } = at()
      const [ann, bob] = (await meet(server, 'ann', 'bob')) as [Person, Person]
      const [anns, bobs] = [await listener(server, ann), await listener(server, bob)]
      const { room } = await open(door, server, ann, bob)
      await open(door, server, bob, ann)
      expect(await bobs.newEvents()).toEqual([`room.opened ${room.id}`])
      expect(await anns.newEvents()).toEqual([`room.opened ${room.id}`])
      expect((await bobs.ask({ type: 'message.send', room: room.id, content: 'Hello Ann' })).type).toBe(
        'reply',
      )
      const [first, second, said] = await logOf(server, ann, room.id)
      expect([first, second].sort()).toEqual([
        `member.joined ${ann.username} member`,
        `member.joined ${bob.username} member`,
      ])
      expect(said).toBe('message.created Hello Ann')
      await closeAll(anns, bobs)
    })

    test('a direct room has two to ten people, who all exist', async () => {
      const { server, ben } = at()
      const crowd = await meet(server, ...Array.from({ length: 10 }, (_, n) => `crowd${n}`))
      expect((await open(door, server, ben, ...crowd)).code).toBe('invalid')
      expect((await open(door, server, ben, ...crowd.slice(1))).room.people).toHaveLength(10)
      expect((await open(door, server, ben, ben)).code).toBe('invalid')
      expect((await open(door, server, ben, 'there-is-nobody')).code).toBe('not_found')
    })

    test('after a block neither of the two can open a direct room with the other', async () => {
      const { server } = at()
      const [ann, bob, cam] = (await meet(server, 'ann', 'bob', 'cam')) as [Person, Person, Person]
      await rest(server, ann).put(`/users/me/blocks/${bob.username}`)
      expect((await open(door, server, bob, ann)).code).toBe('forbidden')
      expect((await open(door, server, ann, bob)).code).toBe('forbidden')
      expect((await open(door, server, bob, cam, ann)).code).toBe('forbidden')
      expect((await open(door, server, bob, cam)).room.access).toBe('direct')
      await rest(server, ann).delete(`/users/me/blocks/${bob.username}`)
      expect((await open(door, server, bob, ann)).room.access).toBe('direct')
    })

    test('people choose to get direct messages from everyone, from people they share a room with, or from nobody; refusals look alike', async () => {
      const { server } = at()
      const [ann, bob, cam] = (await meet(server, 'ann', 'bob', 'cam')) as [Person, Person, Person]
      const welcome = (direct_from: string) => rest(server, ann).patch('/users/me', { direct_from })
      await welcome('shared')
      const stranger = await open(door, server, bob, ann)
      expect(stranger.code).toBe('forbidden')
      await makeRoom(server, bob, [ann], { access: 'closed' })
      expect((await open(door, server, bob, ann)).room.access).toBe('direct')
      await welcome('nobody')
      const refused = await open(door, server, cam, ann)
      await welcome('everyone')
      await rest(server, ann).put(`/users/me/blocks/${cam.username}`)
      const blocked = await open(door, server, cam, ann)
      expect([stranger.refusal, refused.refusal, blocked.refusal]).toEqual(Array(3).fill(stranger.refusal))
      // What exists goes on: the setting is about new ones.
      await welcome('nobody')
      expect((await open(door, server, bob, ann)).room.access).toBe('direct')
    })
  })

  test('a direct room is created once, even if both sides ask twenty times at once', async () => {
    const { server } = at()
    const [ann, bob] = (await meet(server, 'ann', 'bob')) as [Person, Person]
    const [anns, bobs] = [await listener(server, ann), await listener(server, bob)]
    const asked = Array.from({ length: 20 }, (_, n) =>
      n % 4 < 2
        ? rest(server, n % 2 ? ann : bob).post('/directs', {
            usernames: [n % 2 ? bob.username : ann.username],
          })
        : (n % 2 ? anns : bobs)
            .ask({ type: 'direct.open', usernames: [n % 2 ? bob.username : ann.username] })
            .then(({ data }) => ({ status: 200, body: data })),
    )
    const answers = await Promise.all(asked)
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const ids = new Set(answers.map(({ body }) => body.id))
    expect(ids.size).toBe(1)
    const [id] = [...ids]
    expect(await bobs.newEvents()).toEqual([`room.opened ${id}`])
    expect(await anns.newEvents()).toEqual([`room.opened ${id}`])
    expect(await logOf(server, ann, id)).toHaveLength(2)
    const listed = (await rest(server, ann).get('/rooms')).body.items.filter(
      ({ access }: { access: string }) => access === 'direct',
    )
    expect(listed).toHaveLength(1)
    await closeAll(anns, bobs)
  })

  test('a block ends writing in the direct room of the two, on every open socket, without an event', async () => {
    const { server } = at()
    const [ann, bob, cam] = (await meet(server, 'ann', 'bob', 'cam')) as [Person, Person, Person]
    const two = (await open('rest', server, ann, bob)).room.id as string
    const three = (await open('rest', server, ann, bob, cam)).room.id as string
    const seq = await post(server, bob, two, 'Before')
    const bobs = await listener(server, bob, two, three)
    await rest(server, ann).put(`/users/me/blocks/${bob.username}`)
    expect((await rest(server, ann).get('/users/me/blocks')).body.items).toEqual([
      { username: bob.username, display_name: bob.username },
    ])
    expect(await bobs.newEvents()).toEqual([])
    for (const command of [
      { type: 'message.send', content: 'Why?' },
      { type: 'message.edit', seq, content: 'Changed' },
      { type: 'reaction.add', seq, emoji: '👎' },
      { type: 'typing.start' },
    ]) {
      expect([command.type, (await bobs.ask({ ...command, room: two })).code]).toEqual([
        command.type,
        'forbidden',
      ])
    }
    expect(await outcome(rest(server, ann).post(`/rooms/${two}/messages`, { content: 'x' }))).toBe(
      'forbidden',
    )
    expect((await rest(server, bob).get(`/rooms/${two}/messages`)).body.items).toHaveLength(1)
    // Among others a block silences nobody.
    expect((await bobs.ask({ type: 'message.send', room: three, content: 'To both' })).type).toBe('reply')
    await rest(server, ann).delete(`/users/me/blocks/${bob.username}`)
    expect((await bobs.ask({ type: 'message.send', room: two, content: 'Again' })).type).toBe('reply')
    await bobs.close()
  })

  test('the members of a direct room are fixed, and it is hidden from everyone else, administrators included', async () => {
    const { server, ada, ben } = at()
    const [ann, bob] = (await meet(server, 'ann', 'bob')) as [Person, Person]
    const room = (await open('rest', server, ann, bob)).room.id as string
    await post(server, ann, room, 'Between us')
    const anns = rest(server, ann)
    expect(await outcome(anns.delete(`/rooms/${room}/members/me`))).toBe('forbidden')
    expect(await outcome(anns.put(`/rooms/${room}/members/${ben.username}`, {}))).toBe('forbidden')
    expect(await outcome(anns.delete(`/rooms/${room}/members/${bob.username}`))).toBe('forbidden')
    expect(await outcome(anns.delete(`/rooms/${room}`))).toBe('forbidden')
    for (const stranger of [ada, ben]) {
      expect((await rest(server, stranger).get(`/rooms/${room}`)).status).toBe(404)
      expect(JSON.stringify((await rest(server, stranger).get('/rooms')).body)).not.toContain(room)
    }
  })

  test('an administrator has no special power in their direct rooms', async () => {
    const { server, ada } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const room = (await open('rest', server, ada, ann)).room.id as string
    const adas = rest(server, ada)
    const until = '2100-01-01T00:00:00.000Z'
    expect(await outcome(adas.put(`/rooms/${room}/members/${ann.username}/silence`, { until }))).toBe(
      'forbidden',
    )
    expect(await outcome(adas.delete(`/rooms/${room}/members/${ann.username}`))).toBe('forbidden')
    expect(await outcome(adas.delete(`/rooms/${room}`))).toBe('forbidden')
    expect(await outcome(rest(server, ann).post(`/rooms/${room}/messages`, { content: 'Still free' }))).toBe(
      'ok',
    )
  })
})
