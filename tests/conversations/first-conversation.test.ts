import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, rest, socketOf, type TestSocket } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

  test('a message posted over REST reaches every socket of the room', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const [many, simple] = await Promise.all([socketOf(server, ben), socketOf(server, cleo, `/ws/${room}`)])
    await simple.next('room.ready')
    await many.ask({ type: 'room.subscribe', room })

    const { status, body } = await rest(server, ben).post(`/rooms/${room}/messages`, {
      content: 'Good morning',
    })
    expect(status).toBe(201)
    const author = { username: 'ben', display_name: 'ben' }
    expect(body).toEqual({ room, seq: 3, author, content: 'Good morning', created_at: time, reactions: [] })

    for (const socket of [many, simple]) {
      const { epoch, ...event } = await socket.next('message.created')
      expect(epoch).toBeString()
      expect(event).toEqual({
        type: 'message.created',
        room,
        seq: 3,
        at: body.created_at,
        actor: 'ben',
        message: body,
      })
      await socket.close()
    }
  })

  test('a message sent on a socket is in the history over REST', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const socket = await socketOf(server, ben)
    const { type, ref, data } = await socket.ask({ type: 'message.send', room, content: 'Said on a socket' })
    expect([type, ref]).toEqual(['reply', 'ask 1'])
    expect(data).toEqual({ room, seq: 3, created_at: time, epoch: expect.any(String) })

    const { body } = await rest(server, cleo).get(`/rooms/${room}/messages`)
    expect(body.items).toMatchObject([{ seq: 3, content: 'Said on a socket', created_at: data.created_at }])
    await socket.close()
  })

  test('on the simple socket a frame that is not a JSON object is the text of a message', async () => {
    const { server, ben, dan } = at()
    const room = await makeRoom(server, ben)
    const [listener, speaker] = await Promise.all(
      [ben, dan].map((person) => socketOf(server, person, `/ws/${room}`)),
    )
    await Promise.all([listener!.next('room.ready'), speaker!.next('room.ready')])
    const said = ['Hello', '42', '"quoted"', '[1]', 'null', '{ not json', ' {"also": not}', '007']
    for (const text of said) speaker!.send(text)
    await listener!.until('all of it', () => listener!.heard('message.created').length === said.length)
    expect(listener!.heard('message.created').map(({ message }) => message.content)).toEqual(said)
    await Promise.all([listener!.close(), speaker!.close()])
  })

  test('the first frame of the simple socket is room.ready with the last 50 messages, ascending', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    for (let n = 1; n <= 60; n++) await post(server, ben, room, `message ${n}`)
    const socket = await socketOf(server, ben, `/ws/${room}`)
    const ready = await socket.next(() => true)
    expect(ready).toMatchObject({
      type: 'room.ready',
      room,
      head: 61,
      members_online: 1,
      user: { username: 'ben' },
    })
    expect(ready.messages.map(({ content }: { content: string }) => content)).toEqual(
      Array.from({ length: 50 }, (_, n) => `message ${n + 11}`),
    )
    await socket.close()
  })

  test('the first frame of the socket for many rooms is hello, with the rooms of the user', async () => {
    const { server, cleo, ben } = at()
    const room = await makeRoom(server, ben, [cleo])
    await post(server, ben, room, 'For Cleo')
    const socket = await socketOf(server, cleo)
    const hello = await socket.next(() => true)
    expect(hello).toMatchObject({
      type: 'hello',
      user: { username: 'cleo', roles: ['user'] },
      ping_interval_ms: 25_000,
    })
    expect(hello.limits).toMatchObject({ message_characters: 8000, frame_bytes: 65_536, page: 100 })
    expect(hello.rooms.find(({ id }: { id: string }) => id === room)).toEqual({
      ...{ id: room, title: room, access: 'open', role: 'member', epoch: expect.any(String) },
      ...{ head: 3, read_seq: 2, unread: 1, mentions: 0, notify: 'all', last_at: expect.any(String) },
    })
    await socket.close()
  })

  test('hello is first even while something happens to the same user', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const busy = await socketOf(server, cleo)
    for (let n = 0; n < 40; n++) {
      const seq = await post(server, ben, room, `${n}`)
      const opening = socketOf(server, cleo)
      busy.send({ type: 'read.mark', room, seq })
      const socket = await opening
      expect((await socket.next(() => true)).type).toBe('hello')
      await socket.close()
    }
    await busy.close()
  })

  test('a socket of one room joins it, and two people receive each message exactly once', async () => {
    const { server, ben, dan } = at()
    const room = await makeRoom(server, ben)
    const bens = await socketOf(server, ben, `/ws/${room}`)
    await bens.next('room.ready')
    const dans = await socketOf(server, dan, `/ws/${room}`)
    await dans.next('room.ready')
    bens.send('Hi Dan')
    await dans.next('message.created')
    dans.send('Hi Ben')
    await bens.next(({ message }) => message?.content === 'Hi Ben')
    await dans.next(({ message }) => message?.content === 'Hi Ben')
    await Promise.all(
      [bens, dans].map((socket) => socket.until('a reply', () => socket.heard('reply').length > 0)),
    )
    const shape = ({ type, seq, username, message, online, count }: Frame) =>
      [type, seq, ...(online ?? [username]), message?.content, count].filter((part) => part !== undefined)
    const isPresence = ({ type }: Frame) => type === 'presence.changed'
    await Promise.all(
      [bens, dans].map((socket) =>
        socket.until('dan online', () => socket.all.some((frame) => isPresence(frame) && frame.count === 2)),
      ),
    )
    // Exactly these, and no others; the order of a reply and an event is not promised, nor that of presence.
    const eventsOf = (socket: TestSocket) =>
      socket.all.filter((frame) => frame.type !== 'reply' && !isPresence(frame)).map(shape)
    expect(bens.all.filter(isPresence).map(shape)).toEqual([
      ['presence.changed', 'ben', 1],
      ['presence.changed', 'dan', 2],
    ])
    expect(dans.all.filter(isPresence).map(shape)).toEqual([['presence.changed', 'dan', 2]])
    expect(eventsOf(bens)).toEqual([
      ['room.ready'],
      ['member.joined', 2, 'dan'],
      ['message.created', 3, 'Hi Dan'],
      ['message.created', 4, 'Hi Ben'],
    ])
    expect(eventsOf(dans)).toEqual([
      ['room.ready'],
      ['message.created', 3, 'Hi Dan'],
      ['message.created', 4, 'Hi Ben'],
    ])
    expect([bens.heard('reply').length, dans.heard('reply').length]).toEqual([1, 1])
    await Promise.all([bens.close(), dans.close()])
  })

  describe('a client that is not signed in', () => {
    test('receives and reads nothing', async () => {
      const { server, ben } = at()
      const room = await makeRoom(server, ben)
      expect((await rest(server).get(`/rooms/${room}/messages`)).status).toBe(401)
      expect((await rest(server).post(`/rooms/${room}/messages`, { content: 'x' })).status).toBe(401)
    })
  })
})
