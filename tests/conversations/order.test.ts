import { expect, test } from 'bun:test'
import { cast, makeRoom, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  /** The whole log of a room, page by page. */
  async function logOf(server: { url: string }, person: Person, room: string) {
    const items: { type: string; seq: number; actor: string; message?: { content: string } }[] = []
    for (let since: number | undefined = 0; since !== undefined; ) {
      const { body } = await rest(server, person).get(`/rooms/${room}/log?since=${since}`)
      items.push(...body.items)
      since = body.next
    }
    return items
  }
  const numbers = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)

  test('a thousand sends pipelined on one socket keep their order, and so do their replies', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const listener = await socketOf(server, cleo)
    await listener.ask({ type: 'room.subscribe', room })
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    for (let n = 0; n < 1000; n++) socket.send({ type: 'message.send', room, ref: n, content: `${n}` })
    await socket.until('1,000 answers', () => socket.heard('reply').length === 1000)
    expect(socket.heard('reply').map(({ ref }) => ref)).toEqual(numbers(0, 1000))
    expect(socket.heard('reply').map(({ data }) => data.seq)).toEqual(numbers(3, 1000))
    await listener.until('1,000 messages', () => listener.events().length === 1000)
    expect(listener.events().map(({ seq }) => seq)).toEqual(numbers(3, 1000))
    expect(listener.events().map(({ message }) => Number(message.content))).toEqual(numbers(0, 1000))
    await Promise.all([listener.close(), socket.close()])
  })

  test('commands of every kind on one socket are replied to in the order in which they were sent', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const socket = await socketOf(server, ben)
    const kinds = [
      { type: 'message.send', room, content: 'x' },
      { type: 'reaction.add', room, seq: 2, emoji: '👍' },
      { type: 'ping' },
      { type: 'message.send', room, content: 'y', reply_to: 2 },
      { type: 'nonsense' },
      { type: 'message.list', room },
      { type: 'message.edit', room, seq: 2, content: 'z' },
      { type: 'message.send', room: 'nowhere', content: 'x' },
      { type: 'room.subscribe', room },
    ]
    for (let n = 0; n < 270; n++) socket.send({ ...kinds[n % kinds.length]!, ref: n })
    await socket.until('all answers', () => socket.heard('reply', 'error').length === 270)
    expect(socket.heard('reply', 'error').map(({ ref }) => ref)).toEqual(numbers(0, 270))
    await socket.close()
  })

  test('a command sees the effects of the commands sent before it on the same socket', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    for (let n = 0; n < 100; n++) {
      const seq = 2 + 3 * n
      socket.send({ type: 'message.send', room, content: `${n}` })
      socket.send({ type: 'message.list', room, limit: 1 })
      socket.send({ type: 'message.edit', room, seq, content: 'y' })
      socket.send({ type: 'reaction.add', room, seq, emoji: '👍' })
    }
    await socket.until('all answers', () => socket.heard('reply', 'error').length === 400)
    expect(socket.heard('error')).toEqual([])
    const answers = socket.heard('reply').map(({ data }) => data)
    const pages = answers.filter(({ items }) => items)
    expect(pages.map(({ items }) => Number(items[0].content))).toEqual(numbers(0, 100))
    expect(answers.filter(({ items }) => !items).map(({ seq }) => seq)).toEqual(numbers(2, 300))
    await socket.close()
  })

  test('when twenty people write at once, everyone receives the same sequence without a hole, each sender in order', async () => {
    const { server, ben } = at()
    const people = await Promise.all(Array.from({ length: 20 }, (_, n) => signUp(server, `writer-${n}`)))
    const room = await makeRoom(server, ben, people)
    const sockets = await Promise.all(people.map((person) => socketOf(server, person)))
    await Promise.all(sockets.map((socket) => socket.ask({ type: 'room.subscribe', room })))
    const first = (await rest(server, ben).get(`/rooms/${room}`)).body.head + 1
    for (let n = 0; n < 50; n++)
      for (const socket of sockets) socket.send({ type: 'message.send', room, ref: n, content: `${n}` })
    await Promise.all(
      sockets.map((socket) =>
        socket.until('1,000 messages', () => socket.heard('message.created').length === 1000),
      ),
    )

    const stored = (await logOf(server, ben, room)).filter(({ type }) => type === 'message.created')
    expect(stored.map(({ seq }) => seq)).toEqual(numbers(first, 1000))
    for (const [index, socket] of sockets.entries()) {
      expect(socket.heard('message.created')).toEqual(stored as never)
      const own = stored.filter(({ actor }) => actor === `writer-${index}`)
      expect(own.map(({ message }) => Number(message!.content))).toEqual(numbers(0, 50))
      await socket.until('its answers', () => socket.heard('reply').length === 51)
      expect(
        socket
          .heard('reply')
          .slice(1)
          .map(({ data }) => data.seq),
      ).toEqual(own.map(({ seq }) => seq))
    }
    await Promise.all(sockets.map((socket) => socket.close()))
  })

  test('messages, edits, reactions, joins and removals of many at once leave no hole in the log', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo])
    const listener = await socketOf(server, ben)
    await listener.ask({ type: 'room.subscribe', room })
    const api = rest(server, ben)
    const writer = await socketOf(server, cleo)
    for (let n = 0; n < 200; n++) writer.send({ type: 'message.send', room, content: `${n}` })
    await listener.next('message.created')
    await Promise.all([
      ...Array.from({ length: 20 }, (_, n) => api.put(`/rooms/${room}/messages/3/reactions/:r${n}:`)),
      ...Array.from({ length: 20 }, (_, n) =>
        rest(server, cleo).patch(`/rooms/${room}/messages/3`, { content: `e${n}` }),
      ),
      ...Array.from({ length: 10 }, () => rest(server, dan).put(`/rooms/${room}/members/me`, {})),
      ...Array.from({ length: 10 }, (_, n) => api.patch(`/rooms/${room}`, { title: `Title ${n}` })),
    ])
    await writer.ask({ type: 'ping' })
    const log = await logOf(server, ben, room)
    expect(log.map(({ seq }) => seq)).toEqual(numbers(1, log.length))
    expect(log).toHaveLength(2 + 200 + 20 + 20 + 1 + 10)
    await listener.until('all of it', () => listener.events().at(-1)?.seq === log.length)
    expect(listener.events()).toEqual(log.slice(2) as never)
    await Promise.all([listener.close(), writer.close()])
  })
})
