import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf, type TestSocket, waitFor } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  /** A room of Ben's with Cleo, one message of Ben's, and Cleo listener. */
  async function scene() {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const seq = await post(server, ben, room, 'First')
    const listener = await socketOf(server, cleo)
    await listener.ask({ type: 'room.subscribe', room })
    return { ...at(), room, seq, listener }
  }

  /** The events a socket has heard of a room, once it has heard up to the head. */
  async function heardAll(
    listener: TestSocket,
    server: { url: string },
    person: Person,
    room: string,
  ): Promise<Frame[]> {
    const { body } = await rest(server, person).get(`/rooms/${room}`)
    return listener.until(`seq ${body.head}`, () =>
      listener.events().at(-1)?.seq === body.head ? listener.events() : undefined,
    )
  }

  const shown = async (server: { url: string }, person: Person, room: string, seq: number) =>
    (await rest(server, person).get(`/rooms/${room}/messages/${seq}`)).body

  describe.each(eachDoor)('over %s', (door) => {
    test('an edit is sent with the new text, and only the author can edit a message', async () => {
      const { server, ben, cleo, ada, room, seq, listener } = await scene()
      const bens = await clientOver(door, server, ben)
      expect((await bens.edit(room, seq, 'First, edited')).code).toBeUndefined()
      const { message } = await listener.next('message.edited')
      expect(message).toMatchObject({ seq, content: 'First, edited', edited_at: expect.any(String) })
      expect(message).toEqual(await shown(server, cleo, room, seq))

      const cleos = await clientOver(door, server, cleo)
      expect((await cleos.edit(room, seq, 'Not mine')).code).toBe('forbidden')
      await rest(server, ada).put(`/rooms/${room}/members/me`, {})
      const adas = await clientOver(door, server, ada)
      expect((await adas.edit(room, seq, 'Not even an admin')).code).toBe('forbidden')
      expect((await bens.edit(room, 999, 'x')).code).toBe('not_found')
      expect((await bens.edit(room, 1, 'a member event is no message')).code).toBe('not_found')
      expect((await bens.edit(room, seq, '')).code).toBe('invalid')
      expect((await bens.edit(room, seq, ' \n ')).code).toBe('invalid')
      expect((await heardAll(listener, server, ben, room)).map(({ type }) => type)).toEqual([
        'message.edited',
        'member.joined',
      ])
      for (const each of [bens, cleos, adas, listener]) await each.close()
    })

    test('a deletion leaves a tombstone without text, reactions or pin; only author and moderators delete', async () => {
      const { server, ben, cleo, room, seq, listener } = await scene()
      const [bens, cleos] = [await clientOver(door, server, ben), await clientOver(door, server, cleo)]
      await bens.edit(room, seq, 'A secret second thought')
      await bens.react(room, seq, '👍')
      await bens.pin(room, seq)
      expect((await cleos.remove(room, seq)).code).toBe('forbidden')
      expect((await bens.remove(room, seq)).code).toBeUndefined()

      const { message, at: time } = await listener.next('message.deleted')
      const author = { username: 'ben', display_name: 'ben' }
      const { created_at } = message
      expect(message).toEqual({ room, seq, author, content: '', created_at, deleted_at: time, reactions: [] })
      expect(await shown(server, cleo, room, seq)).toEqual(message)

      expect((await bens.remove(room, seq)).code).toBeUndefined()
      expect((await bens.edit(room, seq, 'x')).code).toBe('gone')
      expect((await bens.react(room, seq, '👍')).code).toBe('gone')
      expect((await bens.pin(room, seq)).code).toBe('gone')
      expect((await heardAll(listener, server, ben, room)).map(({ type }) => type)).toEqual([
        ...['message.edited', 'reaction.added', 'pin.added', 'message.deleted'],
      ])
      const log = await rest(server, cleo).get(`/rooms/${room}/log`)
      expect(JSON.stringify(log.body)).not.toContain('secret second thought')
      expect(JSON.stringify(log.body)).not.toContain('First')
      for (const each of [bens, cleos, listener]) await each.close()
    })

    test('a moderator and an admin delete what others wrote', async () => {
      const { server, ben, cleo, ada, room, listener } = await scene()
      await rest(server, ada).put(`/rooms/${room}/members/me`, {})
      const mine = await post(server, ben, room, 'Bens')
      const other = await post(server, ben, room, 'Bens too')
      await rest(server, ben).put(`/rooms/${room}/members/cleo`, { role: 'moderator' })
      const [cleos, adas] = [await clientOver(door, server, cleo), await clientOver(door, server, ada)]
      expect((await cleos.remove(room, mine)).code).toBeUndefined()
      expect((await adas.remove(room, other)).code).toBeUndefined()
      await heardAll(listener, server, ben, room)
      expect(listener.heard('message.deleted').map(({ actor }) => actor)).toEqual(['cleo', 'ada'])
      for (const each of [cleos, adas, listener]) await each.close()
    })

    test('reactions count people, once each, in the order of their first use', async () => {
      const { server, ben, cleo, dan, room, seq, listener } = await scene()
      const [bens, cleos] = [await clientOver(door, server, ben), await clientOver(door, server, cleo)]
      for (const emoji of ['👍', ':tada:', '👍'])
        expect((await bens.react(room, seq, emoji)).code).toBeUndefined()
      await cleos.react(room, seq, '👍')
      await bens.unreact(room, seq, '👍')
      await bens.unreact(room, seq, '👍')
      expect((await shown(server, cleo, room, seq)).reactions).toEqual([
        { emoji: '👍', count: 1, mine: true },
        { emoji: ':tada:', count: 1, mine: false },
      ])
      expect(
        (await heardAll(listener, server, ben, room)).map(({ type, actor, target, emoji }) => [
          type,
          actor,
          target,
          emoji,
        ]),
      ).toEqual([
        ['reaction.added', 'ben', seq, '👍'],
        ['reaction.added', 'ben', seq, ':tada:'],
        ['reaction.added', 'cleo', seq, '👍'],
        ['reaction.removed', 'ben', seq, '👍'],
      ])
      expect((await bens.react(room, 999, '👍')).code).toBe('not_found')
      expect((await bens.react(room, seq, 'a b')).code).toBe('invalid')
      const dans = await clientOver(door, server, dan)
      expect((await dans.react(room, seq, '👍')).code).toBe('forbidden')
      for (const each of [bens, cleos, dans, listener]) await each.close()
    })

    test('moderators pin and unpin, members do not', async () => {
      const { server, ben, cleo, room, seq, listener } = await scene()
      const [bens, cleos] = [await clientOver(door, server, ben), await clientOver(door, server, cleo)]
      expect((await cleos.pin(room, seq)).code).toBe('forbidden')
      expect((await bens.pin(room, seq)).code).toBeUndefined()
      expect((await bens.pin(room, seq)).code).toBeUndefined()
      expect((await shown(server, cleo, room, seq)).pinned).toBe(true)
      expect((await bens.unpin(room, seq)).code).toBeUndefined()
      expect((await shown(server, cleo, room, seq)).pinned).toBeUndefined()
      expect((await bens.pin(room, 999)).code).toBe('not_found')
      expect((await heardAll(listener, server, ben, room)).map(({ type, target }) => [type, target])).toEqual(
        [
          ['pin.added', seq],
          ['pin.removed', seq],
        ],
      )
      for (const each of [bens, cleos, listener]) await each.close()
    })

    test('a reply names its message; a reply to a missing message is refused', async () => {
      const { server, ben, room, seq, listener } = await scene()
      const bens = await clientOver(door, server, ben)
      const { data } = await bens.send(room, { content: 'I answer', reply_to: seq })
      expect((await listener.next('message.created')).message).toMatchObject({
        seq: data!.seq,
        reply_to: seq,
      })
      expect((await bens.send(room, { content: 'x', reply_to: 999 })).code).toBe('invalid')
      expect((await bens.send(room, { content: 'x', reply_to: 1 })).code).toBe('invalid')
      await Promise.all([bens.close(), listener.close()])
    })

    test('a text of 8,000 characters is stored unchanged; a longer or empty text is refused', async () => {
      const { server, ben, room, listener } = await scene()
      const bens = await clientOver(door, server, ben)
      const long = `${'é'.repeat(3999)}${'🎈'.repeat(2000)}x`
      expect((await bens.send(room, { content: long })).code).toBeUndefined()
      expect((await listener.next('message.created')).message.content).toBe(long)
      for (const content of [`${long}x`, '', ' \n\t ', 'a\0b', 'half \ud83c', 5, null, undefined, ['x']]) {
        expect([content, (await bens.send(room, { content })).code]).toEqual([content, 'invalid'])
      }
      expect((await bens.send(room, { content: 'x', seq: 7 })).code).toBe('invalid')
      const awkward = '<script>alert(1)</script> \u202e \u200b\r\n\t"\\ 𝒜 👩‍👩‍👧'
      await bens.send(room, { content: awkward })
      expect((await listener.next('message.created')).message.content).toBe(awkward)
      await Promise.all([bens.close(), listener.close()])
    })
  })

  test('the log has the same events as were sent live', async () => {
    const { server, ben, cleo, ada, room, seq, listener } = await scene()
    const bens = await clientOver('socket', server, ben)
    const { data: head } = await bens.send(room, { content: 'with id', client_id: 'one', reply_to: seq })
    await bens.react(room, seq, '👍')
    await bens.pin(room, seq)
    await bens.edit(room, seq, 'edited with a reaction and a pin')
    await bens.unreact(room, seq, '👍')
    await bens.unpin(room, seq)
    await bens.edit(room, head!.seq, 'and the other')
    await rest(server, ada).put(`/rooms/${room}/members/me`, {})
    await rest(server, ben).put(`/rooms/${room}/members/ada`, { role: 'moderator' })
    await rest(server, ben).patch(`/rooms/${room}`, { title: 'T', description: 'D', posting: 'moderators' })
    await rest(server, ada).delete(`/rooms/${room}/members/me`)
    const heard = await heardAll(listener, server, ben, room)
    expect(new Set(heard.map(({ type }) => type)).size).toBe(10)
    const { body } = await rest(server, cleo).get(`/rooms/${room}/log?since=${seq}`)
    expect(body.items).toEqual(heard)
    expect(body.head).toBe(heard.at(-1)!.seq)
    const again = await socketOf(server, cleo)
    const replayed = await again.ask({ type: 'room.subscribe', room, since: { epoch: body.epoch, seq } })
    expect(replayed.data.events).toEqual(heard)
    for (const each of [bens, listener, again]) await each.close()
  })

  test('in a room where moderators write, members read and react', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo], { posting: 'moderators' })
    const seq = await post(server, ben, room, 'An announcement')
    const cleos = await clientOver('rest', server, cleo)
    expect((await cleos.send(room, { content: 'x' })).code).toBe('forbidden')
    expect((await cleos.react(room, seq, '👍')).code).toBeUndefined()
    await rest(server, ben).put(`/rooms/${room}/members/cleo`, { role: 'moderator' })
    expect((await cleos.send(room, { content: 'x' })).code).toBeUndefined()
  })

  test('a changed name is shown on old messages, live ones too', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const seq = await post(server, cleo, room, 'By Cleo')
    await rest(server, cleo).patch('/users/me', { display_name: 'Cleo Ω' })
    await waitFor(
      'the new name',
      async () => (await shown(server, ben, room, seq)).author.display_name === 'Cleo Ω',
    )
    await rest(server, cleo).patch('/users/me', { display_name: 'cleo' })
  })
})
