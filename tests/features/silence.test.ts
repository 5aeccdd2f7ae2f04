import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, socketOf, waitFor } from '../support/client.ts'
import { type Client, clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { unknownTimes } from '../support/times.ts'
import { closeAll, listener, meet, outcome } from './listener.ts'

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const silence = (by: Person, room: string, username: string, until: string) =>
    outcome(rest(at().server, by).put(`/rooms/${room}/members/${username}/silence`, { until }))
  const memberSeenBy = async (person: Person, room: string) => {
    const { body } = await rest(at().server, person).get(`/rooms/${room}/members`)
    return body.items.find((each: { username: string }) => each.username === 'cleo')
  }

  test.each(eachDoor)(
    'over %s, who is silenced reads and hears, and changes nothing, until the time',
    async (door) => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const seq = await post(server, cleo, room, 'Too much')
      const cleos = await clientOver(door, server, cleo)
      const bens = await listener(server, ben, room)
      const hers = await listener(server, cleo, room)
      expect(await silence(ben, room, 'cleo', inAnHour())).toBe('ok')
      for (const command of [
        () => cleos.send(room, { content: 'But' }),
        () => cleos.edit(room, seq, 'Changed'),
        () => cleos.remove(room, seq),
        () => cleos.react(room, seq, '👍'),
      ]) {
        expect((await command()).code).toBe('forbidden')
      }
      expect((await cleos.list(room, {})).data!.items).toHaveLength(1)
      expect((await cleos.read(room, seq)).code).toBeUndefined()
      expect((await hers.ask({ type: 'typing.start', room })).code).toBe('forbidden')
      await post(server, ben, room, 'Quiet now')
      const heard = ['silence.changed cleo silent', 'receipt.changed cleo 3/3', 'message.created Quiet now']
      expect(await bens.newEvents()).toEqual(heard)
      expect(await hers.newEvents()).toEqual([heard[0]!, 'read.changed 3, 0 unread', ...heard.slice(1)])
      const until = new Date(Date.now() + 300).toISOString()
      expect(await silence(ben, room, 'cleo', until)).toBe('ok')
      const sent = await waitFor('her voice', async () => (await cleos.send(room, { content: 'Sorry' })).data)
      expect(sent.created_at >= until).toBe(true)
      await closeAll(bens, hers, cleos)
    },
  )

  test('the refusal says when the silence ends', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    await silence(ben, room, 'cleo', inAnHour())
    const { status, body } = await rest(server, cleo).post(`/rooms/${room}/messages`, { content: 'x' })
    expect(status).toBe(403)
    expect(body.retry_after_ms).toBeWithin(3_500_000, 3_600_001)
    expect(await outcome(rest(server, ben).delete(`/rooms/${room}/members/cleo/silence`))).toBe('ok')
    expect(await outcome(rest(server, cleo).post(`/rooms/${room}/messages`, { content: 'x' }))).toBe('ok')
  })

  test('only moderators and the silenced person see a silence, live and later', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const [bens, hers, dans] = [
      await listener(server, ben, room),
      await listener(server, cleo, room),
      await listener(server, dan, room),
    ]
    const until = inAnHour()
    const listedBy = async (person: Person) => (await memberSeenBy(person, room)).silenced_until
    expect(await silence(ben, room, 'cleo', until)).toBe('ok')
    expect(await Promise.all([ben, cleo, dan].map(listedBy))).toEqual([until, until, undefined])
    expect((await rest(server, cleo).get(`/rooms/${room}`)).body.silenced_until).toBe(until)
    expect(await outcome(rest(server, ben).delete(`/rooms/${room}/members/cleo/silence`))).toBe('ok')
    expect(await Promise.all([ben, cleo, dan].map(listedBy))).toEqual([undefined, undefined, undefined])
    const events = ['silence.changed cleo silent', 'silence.changed cleo free']
    expect(await bens.newEvents()).toEqual(events)
    expect(await hers.newEvents()).toEqual(events)
    expect(await dans.newEvents()).toEqual([])
    await closeAll(bens, hers, dans)
  })

  test('moderators silence members, owners also moderators, and only in rooms that they moderate', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    await rest(server, ben).put(`/rooms/${room}/members/cleo`, { role: 'moderator' })
    const until = inAnHour()
    expect(await silence(dan, room, 'cleo', until)).toBe('forbidden')
    expect(await silence(cleo, room, 'ben', until)).toBe('forbidden')
    expect(await silence(cleo, room, 'dan', until)).toBe('ok')
    expect(await silence(ben, room, 'cleo', until)).toBe('ok')
    expect(await silence(ada, room, 'dan', until)).toBe('ok')
    expect(await silence(ben, room, 'ada', until)).toBe('not_found')
    for (const time of ['soon', ...unknownTimes])
      expect(await silence(ben, room, 'dan', time)).toBe('invalid')
  })

  // The silence was once kept in the membership, and ended with it: a person who left and joined again could speak.
  describe('a silenced member who leaves and joins again', () => {
    const withdraw = (door: Client, room: string) => door.leave(room)
    const remove = (_: Client, room: string) =>
      outcome(rest(at().server, at().ben).delete(`/rooms/${room}/members/cleo`))
    const join = (door: Client, room: string) => door.join(room)
    const accept = async (_: Client, room: string) => {
      const { server, ben, cleo } = at()
      const { body } = await rest(server, ben).post(`/rooms/${room}/invites`, { max_uses: 1 })
      return rest(server, cleo).post(`/invites/${body.code}/accept`)
    }
    const add = (_: Client, room: string) =>
      rest(at().server, at().ben).put(`/rooms/${room}/members/cleo`, {})
    const ways = [
      ['leaves and joins', withdraw, join],
      ['leaves and takes an invite', withdraw, accept],
      ['is removed and joins', remove, join],
      ['is removed and is added', remove, add],
    ] as const

    test.each(eachDoor.flatMap(([door]) => ways.map(([how, go, come]) => [how, door, go, come] as const)))(
      'a person who %s over %s is still silenced, and sees it',
      async (_, door, go, come) => {
        const { server, ben, cleo, dan } = at()
        const room = await makeRoom(server, ben, [cleo, dan])
        const until = inAnHour()
        expect(await silence(ben, room, 'cleo', until)).toBe('ok')
        const cleos = await clientOver(door, server, cleo)
        const [bens, dans] = [await listener(server, ben, room), await listener(server, dan, room)]
        await go(cleos, room)
        expect((await rest(server, cleo).get(`/rooms/${room}`)).body.silenced_until).toBeUndefined()
        await come(cleos, room)
        expect((await cleos.send(room, { content: 'But' })).code).toBe('forbidden')
        const passed = ['member.left cleo member', 'member.joined cleo member']
        expect(await bens.newEvents()).toEqual([...passed, 'silence.changed cleo silent'])
        expect(await dans.newEvents()).toEqual(passed)
        expect((await rest(server, cleo).get(`/rooms/${room}`)).body.silenced_until).toBe(until)
        expect((await memberSeenBy(ben, room)).silenced_until).toBe(until)
        const socket = await socketOf(server, cleo)
        const hello = await socket.next('hello')
        expect(hello.rooms.find(({ id }: { id: string }) => id === room).silenced_until).toBe(until)
        expect(await outcome(rest(server, ben).delete(`/rooms/${room}/members/cleo/silence`))).toBe('ok')
        await go(cleos, room)
        await come(cleos, room)
        expect((await cleos.send(room, { content: 'Sorry' })).code).toBeUndefined()
        expect((await bens.newEvents()).filter((each) => each.startsWith('silence'))).toEqual([
          'silence.changed cleo free',
        ])
        await closeAll(bens, dans, cleos, socket)
      },
    )

    test('may write again when the silence has ended, and nothing shows it any more', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      expect(await silence(ben, room, 'cleo', new Date(Date.now() - 1).toISOString())).toBe('ok')
      const bens = await listener(server, ben, room)
      await rest(server, cleo).delete(`/rooms/${room}/members/me`)
      const { body } = await rest(server, cleo).put(`/rooms/${room}/members/me`, {})
      expect(body.silenced_until).toBeUndefined()
      expect((await memberSeenBy(ben, room)).silenced_until).toBeUndefined()
      await post(server, cleo, room, 'Here again')
      const events = await bens.newEvents()
      expect(events.filter((each) => each.startsWith('silence'))).toEqual([])
      await bens.close()
    })
  })

  test('nothing of a silence is kept once it is lifted or passed, its room deleted or the person erased', async () => {
    const { server, ben, cleo, dan } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    const room = await makeRoom(server, ben, [cleo, dan, eve])
    const kept = async () => {
      const rows = await server.tools.sql.query<{ username: string }>(
        `select username from silences join users on users.id = user_id join rooms on rooms.key = room_key
         where rooms.id = $1 order by username`,
        [room],
      )
      return rows.map(({ username }) => username)
    }
    for (const { username } of [dan, eve]) await silence(ben, room, username, inAnHour())
    await silence(ben, room, 'cleo', new Date(Date.now() - 1).toISOString())
    await rest(server, eve).delete(`/rooms/${room}/members/me`)
    await silence(ben, room, 'ben', inAnHour())
    expect(await kept()).toEqual(['ben', 'dan', eve.username])
    await rest(server, ben).delete(`/rooms/${room}/members/ben/silence`)
    expect(await outcome(rest(server, eve).call('DELETE', '/users/me'))).toBe('ok')
    expect(await kept()).toEqual(['dan'])
    expect(await outcome(rest(server, ben).delete(`/rooms/${room}`))).toBe('ok')
    await waitFor('an empty table', async () => (await kept()).length === 0)
  })
})
