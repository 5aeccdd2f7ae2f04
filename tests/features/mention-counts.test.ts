import { describe, expect, test } from 'bun:test'
import { people } from '../../src/features/auth/people.ts'
import { writer } from '../../src/features/log/writer.ts'
import { operatorsRoom, passOfServer } from '../../src/features/rooms/access.ts'
import type { Person as Actor } from '../../src/scope.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { unknownTimes } from '../support/times.ts'
import { closeAll, listener, meet } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  /** Unread and mentions of the room as `hello` and the list of rooms say it, which are one. */
  async function countsOf(person: Person, room: string): Promise<[unread: number, mentions: number]> {
    const { server } = at()
    const socket = await socketOf(server, person)
    const hello = await socket.next('hello')
    await socket.close()
    const inHello = (hello.rooms as Frame[]).find(({ id }) => id === room)!
    const { body } = await rest(server, person).get(`/rooms/${room}`)
    expect([inHello.unread, inHello.mentions]).toEqual([body.unread, body.mentions])
    return [body.unread, body.mentions]
  }

  /** Seen before: a mention was an event for open sockets only, and a reload forgot it. */
  test.each(eachDoor)(
    'over %s, mentions are counted while you are away, until you have read them',
    async (door) => {
      const { server, ben } = at()
      const [cleo, eve] = (await meet(server, 'cleo', 'eve')) as [Person, Person]
      const room = await makeRoom(server, ben, [cleo, eve])
      const bens = await clientOver(door, server, ben)
      const say = async (content: string) => (await bens.send(room, { content })).data!.seq as number
      const first = await say(`Look, (@${cleo.username}).`)
      await say(`Only \`@${cleo.username}\` and https://a.example/@${cleo.username}`)
      await say(`@${cleo.username} @${eve.username} @${cleo.username}`)
      expect(await countsOf(cleo, room)).toEqual([3, 2])
      expect(await countsOf(eve, room)).toEqual([3, 1])
      expect(await countsOf(ben, room)).toEqual([0, 0])
      const cleos = await clientOver(door, server, cleo)
      const listening = await listener(server, cleo)
      const read = await cleos.read(room, first)
      expect<unknown>(read.data).toEqual({ room, read_seq: first, unread: 2, mentions: 1, head: first + 2 })
      expect(await listening.next('read.changed')).toMatchObject({ read_seq: first, unread: 2, mentions: 1 })
      expect(await countsOf(cleo, room)).toEqual([2, 1])
      await closeAll(bens, cleos, listening)
    },
  )

  test.each(eachDoor)('over %s, edits, deletions and blocks change what is counted at once', async (door) => {
    const { server, ben, dan } = at()
    const [cleo] = (await meet(server, 'cleo')) as [Person]
    const room = await makeRoom(server, ben, [cleo])
    const bens = await clientOver(door, server, ben)
    const cleos = await listener(server, cleo)
    const say = async (content: string) => (await bens.send(room, { content })).data!.seq as number
    const [one, two, three] = [
      await say(`@${cleo.username}`),
      await say('Tides'),
      await say(`@${cleo.username} again`),
    ]
    // Not of this room.
    await say(`@${dan.username}`)
    await bens.edit(room, two, `Tides, @${cleo.username}`)
    expect(await countsOf(cleo, room)).toEqual([4, 3])
    await bens.edit(room, one, 'Nobody')
    expect(await countsOf(cleo, room)).toEqual([4, 2])
    await bens.remove(room, three)
    expect(await countsOf(cleo, room)).toEqual([3, 1])
    for (const seq of [one, three])
      await cleos.next((frame) => frame.type === 'mention.deleted' && frame.seq === seq)
    expect(
      cleos
        .heard('mention.created', 'mention.deleted')
        .map(({ type, seq, edit }) => [type, seq, edit !== undefined]),
    ).toEqual([
      ['mention.created', one, false],
      ['mention.created', three, false],
      ['mention.created', two, true],
      ['mention.deleted', one, false],
      ['mention.deleted', three, false],
    ])
    await rest(server, cleo).put('/users/me/blocks/ben')
    expect(await countsOf(cleo, room)).toEqual([0, 0])
    await rest(server, cleo).delete('/users/me/blocks/ben')
    expect(await countsOf(cleo, room)).toEqual([3, 1])
    // Who comes later is not meant, and who comes back has nothing unread.
    await rest(server, cleo).delete(`/rooms/${room}/members/me`)
    await say(`@${cleo.username}`)
    await rest(server, cleo).put(`/rooms/${room}/members/me`, {})
    expect(await countsOf(cleo, room)).toEqual([0, 0])
    await closeAll(bens, cleos)
  })

  /** This was seen: the statement that adds a member looked only among the earlier members for those whom messages mean. */
  test('a person who joins in the same commit as a message that means them is meant, and its author keeps their order', async () => {
    const { server, ben } = at()
    const [cleo] = (await meet(server, 'cleo')) as [Person]
    const room = await makeRoom(server, ben)
    const { tools } = server
    const pass = passOfServer(await operatorsRoom(tools, room))
    const [actor, member] = (await Promise.all(
      [ben, cleo].map(({ username }) => people(tools).findByName(username)),
    )) as [Actor, Actor]
    const say = (text: string, more = {}) =>
      writer(tools).append(pass, { kind: 'message.created', actor, text, ...more })
    const appended = await Promise.all([
      writer(tools).append(pass, {
        ...{ kind: 'member.joined', actor: member, member },
        detail: { user: member.id, role: 'member' },
      }),
      say(`@${cleo.username}`, { meant: { names: [cleo.username] } }),
      say('Hello!'),
    ])
    const seqs = appended.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.toSorted((one, other) => one - other))
    expect(await countsOf(cleo, room)).toEqual([2, 1])
  })

  test('@room means everybody who is in the room, with one row; @here those who are online', async () => {
    const { server, ben } = at()
    const [cleo, eve, fay] = (await meet(server, 'cleo', 'eve', 'fay')) as [Person, Person, Person]
    const room = await makeRoom(server, ben, [cleo, eve])
    const cleos = await listener(server, cleo, room)
    const seq = await post(server, ben, room, `Fire, @room! @${cleo.username}`)
    expect(await cleos.next('mention.created')).toMatchObject({ room, seq, actor: 'ben', kind: 'room' })
    await rest(server, fay).put(`/rooms/${room}/members/me`, {})
    expect([await countsOf(ben, room), await countsOf(cleo, room), await countsOf(eve, room)]).toEqual([
      [0, 0],
      [1, 1],
      [1, 1],
    ])
    const rows =
      'select kind, count(*)::int as count from mentions where room_key = (select key from rooms where id = $1 and deleted_at is null) group by kind order by kind'
    expect(await server.tools.sql.query(rows, [room])).toEqual([
      { kind: 'name', count: 1 },
      { kind: 'room', count: 1 },
    ])
    await post(server, ben, room, '@here')
    expect([await countsOf(cleo, room), await countsOf(eve, room)]).toEqual([
      [2, 2],
      [2, 1],
    ])
    // Fay came after the first call: reading back does not make it hers.
    await rest(server, fay).put(`/rooms/${room}/read`, { seq: 0, unread: true })
    expect(await countsOf(fay, room)).toEqual([2, 0])
    await rest(server, ben).delete(`/rooms/${room}/messages/${seq}`)
    expect(await cleos.next('mention.deleted')).toMatchObject({ room, seq })
    expect([await countsOf(cleo, room), await countsOf(eve, room)]).toEqual([
      [1, 1],
      [1, 0],
    ])
    await cleos.close()
  })

  test('where only moderators may mention everybody, @room of a member is text', async () => {
    const { server, ben } = at()
    const [cleo, eve] = (await meet(server, 'cleo', 'eve')) as [Person, Person]
    const room = await makeRoom(server, ben, [cleo, eve])
    const changed = await rest(server, ben).patch(`/rooms/${room}`, { mention_room: 'moderators' })
    expect(changed.body.mention_room).toBe('moderators')
    await post(server, cleo, room, '@room @here')
    expect(await countsOf(eve, room)).toEqual([1, 0])
    await post(server, ben, room, '@room')
    expect(await countsOf(eve, room)).toEqual([2, 1])
    expect((await rest(server, ben).patch(`/rooms/${room}`, { mention_room: 'nobody' })).status).toBe(422)
  })

  test('mentions behind more than 500 events are still counted', async () => {
    const { server, ben } = at()
    const [cleo] = (await meet(server, 'cleo')) as [Person]
    const room = await makeRoom(server, ben, [cleo])
    const socket = await socketOf(server, ben)
    const sends = Array.from({ length: 510 }, (_, n) =>
      socket.ask({ type: 'message.send', room, content: `${n}` }),
    )
    await Promise.all(sends)
    await post(server, ben, room, `@${cleo.username}`)
    expect(await countsOf(cleo, room)).toEqual([500, 1])
    await socket.close()
  })

  describe.each(eachDoor)('over %s, marked as unread', (door) => {
    test('messages are unread again on every device, and others see no difference', async () => {
      const { server, ben, cleo } = at()
      const direct = (await rest(server, ben).post('/directs', { usernames: ['cleo'] })).body.id as string
      const seqs: number[] = []
      for (const content of ['One', 'Two @cleo', 'Three']) seqs.push(await post(server, ben, direct, content))
      const client = await clientOver(door, server, cleo)
      const other = await listener(server, cleo)
      const bens = await listener(server, ben, direct)
      const head = seqs[2]!
      await client.read(direct, head)
      await other.next('read.changed')
      await bens.newEvents()
      const marked = { room: direct, read_seq: seqs[0]!, unread: 2, mentions: 1, head }
      expect((await client.unread(direct, seqs[0]!)).data as unknown).toEqual(marked)
      expect(await other.next('read.changed')).toEqual({ type: 'read.changed', ...marked, moved_back: true })
      expect(await countsOf(cleo, direct)).toEqual([2, 1])
      // His own receipt, of what he wrote, comes up to a second later.
      expect((await bens.newEvents()).filter((event) => !event.startsWith('receipt.changed ben'))).toEqual([])
      const { body } = await rest(server, ben).get(`/rooms/${direct}/members`)
      expect(body.items.find(({ username }: Frame) => username === 'cleo').read_seq).toBe(head)
      // Reading goes on from there, also past where the mark was before.
      expect((await client.read(direct, seqs[1]!)).data).toMatchObject({ read_seq: seqs[1]!, unread: 1 })
      expect(await other.next('read.changed')).toMatchObject({ read_seq: seqs[1]!, unread: 1 })
      expect((await client.read(direct, seqs[0]!)).data).toMatchObject({ read_seq: seqs[1]! })
      expect((await client.unread(direct, Number.MAX_SAFE_INTEGER)).data).toMatchObject({ read_seq: head })
      await closeAll(client, other, bens)
    })
  })

  test('a room is muted until a time, on every device at once', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const other = await listener(server, cleo)
    const put = (body: object) => rest(server, cleo).put(`/rooms/${room}/notifications`, body)
    const until = '2100-01-01T00:00:00.000Z'
    expect((await put({ muted_until: until })).status).toBe(204)
    expect(await other.next('notify.changed')).toEqual({
      ...{ type: 'notify.changed', room, notify: 'all', muted_until: until },
    })
    expect((await put({ level: 'mentions' })).status).toBe(204)
    expect((await other.next('notify.changed')).muted_until).toBe(until)
    expect((await rest(server, cleo).get(`/rooms/${room}`)).body).toMatchObject({
      notify: 'mentions',
      muted_until: until,
    })
    expect((await put({ muted_until: null })).status).toBe(204)
    expect(await other.next('notify.changed')).toEqual({ type: 'notify.changed', room, notify: 'mentions' })
    expect('muted_until' in (await rest(server, cleo).get(`/rooms/${room}`)).body).toBe(false)
    for (const wrong of [{}, { muted_until: 'tomorrow' }, { muted_until: 5 }, { level: 'all', until }])
      expect([wrong, (await put(wrong)).status]).toEqual([wrong, 422])
    for (const time of unknownTimes) {
      const { body } = await put({ muted_until: time })
      expect([time, body.errors]).toMatchObject([time, [{ path: '/muted_until', reason: 'time_format' }]])
    }
    await other.close()
  })
})
