import { describe, expect, test } from 'bun:test'
import { makeRoom, setUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, listener, meet, membersOf, outcome } from './listener.ts'

// Anyone could add anyone to any number of rooms, also the people who had blocked them.
await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => ({ ada: await setUp(server, 'ada') }))
  const api = (person: { token: string }) => rest(at().server, person)
  const add = (by: Person, room: string, who: Person, body = {}) =>
    outcome(api(by).put(`/rooms/${room}/members/${who.username}`, body))
  const invited = async (person: Person) =>
    ((await api(person).get('/users/me/invitations')).body.items as { room: string }[]).map(
      ({ room }) => room,
    )
  const accept = (person: Person, room: string) =>
    outcome(api(person).post(`/users/me/invitations/${room}/accept`))
  const decline = (person: Person, room: string) =>
    outcome(api(person).delete(`/users/me/invitations/${room}`))
  const people = (...names: string[]) => meet(at().server, ...names)

  test('a person you share no room with is invited, sees the room and who invited them, and joins by accepting', async () => {
    const { server } = at()
    const [ben, cleo] = (await people('ben', 'cleo')) as [Person, Person]
    const room = await makeRoom(server, ben, [], { access: 'closed', title: 'The quay', id: undefined })
    const cleos = await listener(server, cleo)
    expect(await add(ben, room, cleo)).toBe('ok')
    const heard = await cleos.next('room.invited')
    expect(heard).toEqual({
      ...{ type: 'room.invited', room, title: 'The quay', description: '', invited_by: ben.username },
      at: expect.any(String),
    })
    const { type: _, ...invitation } = heard
    expect((await api(cleo).get('/users/me/invitations')).body).toEqual({ items: [invitation] })
    expect(await membersOf(server, ben, room)).toEqual([ben.username])
    expect(await outcome(api(cleo).get(`/rooms/${room}`))).toBe('not_found')
    const accepted = await api(cleo).post(`/users/me/invitations/${room}/accept`)
    expect([accepted.status, accepted.body.id, accepted.body.role]).toEqual([200, room, 'member'])
    expect((await cleos.next('room.opened')).room.id).toBe(room)
    expect(await membersOf(server, ben, room)).toEqual([ben.username, cleo.username])
    expect(await invited(cleo)).toEqual([])
    expect(await accept(cleo, room)).toBe('not_found')
    await closeAll(cleos)
  })

  test('people who share a room with you and bots are added at once, and an administrator adds anyone at once', async () => {
    const { server, ada } = at()
    const [ben, cleo, dan] = (await people('ben', 'cleo', 'dan')) as [Person, Person, Person]
    const shared = await makeRoom(server, ben, [], { access: 'open' })
    await api(cleo).put(`/rooms/${shared}/members/me`, {})
    const room = await makeRoom(server, ben)
    expect(await add(ben, room, cleo)).toBe('ok')
    const echo = `echo-${crypto.randomUUID().slice(0, 8)}`
    await api(ada).post('/bots', { username: echo })
    expect(await outcome(api(ben).put(`/rooms/${room}/members/${echo}`, {}))).toBe('ok')
    expect(await add(ada, room, dan)).toBe('ok')
    expect(new Set(await membersOf(server, ben, room))).toEqual(
      new Set([ben.username, cleo.username, echo, dan.username]),
    )
  })

  test('a blocked person cannot add or invite the one who blocked them, and sees no difference', async () => {
    const { server, ada } = at()
    const [ben, cleo] = (await people('ben', 'cleo')) as [Person, Person]
    const shared = await makeRoom(server, cleo, [], { access: 'open' })
    await api(ben).put(`/rooms/${shared}/members/me`, {})
    const bens = await listener(server, ben)
    await api(ben).put(`/users/me/blocks/${cleo.username}`, {})
    await api(ben).put('/users/me/blocks/ada', {})
    const room = await makeRoom(server, cleo, [], { title: `@${ben.username} read this insult` })
    for (const by of [cleo, ada]) expect(await add(by, room, ben)).toBe('ok')
    expect(await bens.newEvents()).toEqual([])
    expect(await invited(ben)).toEqual([])
    expect(await membersOf(server, cleo, room)).toEqual([cleo.username])
    // What was invited before the block is gone with it.
    const [dan] = (await people('dan')) as [Person]
    const other = await makeRoom(server, cleo)
    await add(cleo, other, dan)
    await api(dan).put(`/users/me/blocks/${cleo.username}`, {})
    expect(await invited(dan)).toEqual([])
    expect(await accept(dan, other)).toBe('not_found')
    await closeAll(bens)
  })

  test('the limit of unanswered invitations does not tell who has blocked whom', async () => {
    const { server } = at()
    const [ben, cleo, dan] = (await people('ben', 'cleo', 'dan')) as [Person, Person, Person]
    await api(ben).put(`/users/me/blocks/${cleo.username}`, {})
    const rooms = await Promise.all(Array.from({ length: 11 }, () => makeRoom(server, cleo)))
    const outcomes: string[][] = []
    for (const room of rooms) outcomes.push([await add(cleo, room, ben), await add(cleo, room, dan)])
    expect(outcomes.filter(([blocked, other]) => blocked !== other)).toEqual([])
    expect(outcomes.at(-1)![0]).not.toBe('ok')
    expect(await invited(ben)).toEqual([])
  })

  test('an invitation can be declined, repeated and withdrawn', async () => {
    const { server } = at()
    const [ben, cleo] = (await people('ben', 'cleo')) as [Person, Person]
    const room = await makeRoom(server, ben)
    await add(ben, room, cleo)
    await add(ben, room, cleo)
    expect(await invited(cleo)).toEqual([room])
    expect(await decline(cleo, room)).toBe('ok')
    expect(await decline(cleo, room)).toBe('not_found')
    expect(await accept(cleo, room)).toBe('not_found')
    await add(ben, room, cleo)
    expect(await outcome(api(ben).delete(`/rooms/${room}/members/${cleo.username}`))).toBe('ok')
    expect(await invited(cleo)).toEqual([])
  })

  test('an invitation ends with the right of the person who invited, and with the room', async () => {
    const { server } = at()
    const [ben, eve, cleo] = (await people('ben', 'eve', 'cleo')) as [Person, Person, Person]
    const [demoted, archived, deleted] = await Promise.all([1, 2, 3].map(() => makeRoom(server, ben, [eve])))
    for (const room of [demoted!, archived!, deleted!]) {
      await api(ben).put(`/rooms/${room}/members/${eve.username}`, { role: 'moderator' })
      expect(await add(eve, room, cleo)).toBe('ok')
    }
    expect((await invited(cleo)).length).toBe(3)
    await api(ben).put(`/rooms/${demoted}/members/${eve.username}`, { role: 'member' })
    await api(ben).patch(`/rooms/${archived}`, { archived: true })
    await api(ben).delete(`/rooms/${deleted}`)
    expect(await invited(cleo)).toEqual([])
    for (const room of [demoted!, archived!, deleted!]) expect(await accept(cleo, room)).toBe('not_found')
  })

  // It was found by its room and person alone, and the first one stayed: a moderator who had lost the right, or whom the person had
  // blocked, kept everybody else from inviting them, and the response was 204.
  test('an invitation that no longer counts does not keep others from inviting', async () => {
    const { server } = at()
    const [ben, cleo, dan] = (await people('ben', 'cleo', 'dan')) as [Person, Person, Person]
    const room = await makeRoom(server, ben, [cleo])
    await api(ben).put(`/rooms/${room}/members/${cleo.username}`, { role: 'moderator' })
    expect(await add(cleo, room, dan)).toBe('ok')
    await api(dan).put(`/users/me/blocks/${cleo.username}`, {})
    const dans = await listener(server, dan)
    expect(await add(ben, room, dan)).toBe('ok')
    expect((await dans.next('room.invited')).invited_by).toBe(ben.username)
    expect(await invited(dan)).toEqual([room])
    // Whom they have blocked does not take it over.
    expect(await add(cleo, room, dan)).toBe('ok')
    expect(await invited(dan)).toEqual([room])
    expect(await accept(dan, room)).toBe('ok')
    const [eve] = (await people('eve')) as [Person]
    await add(cleo, room, eve)
    await api(ben).put(`/rooms/${room}/members/${cleo.username}`, { role: 'member' })
    expect(await invited(eve)).toEqual([])
    expect(await add(ben, room, eve)).toBe('ok')
    expect(await invited(eve)).toEqual([room])
    await closeAll(dans)
  })

  test('inviting again with another role changes the role, and is heard once', async () => {
    const { server } = at()
    const [ben, cleo, dan] = (await people('ben', 'cleo', 'dan')) as [Person, Person, Person]
    const room = await makeRoom(server, ben, [cleo])
    await api(ben).put(`/rooms/${room}/members/${cleo.username}`, { role: 'moderator' })
    const dans = await listener(server, dan)
    const roleOf = async () =>
      (await api(ben).get(`/rooms/${room}/members`)).body.items.find(
        ({ username }: { username: string }) => username === dan.username,
      ).role
    await add(ben, room, dan)
    expect(await add(ben, room, dan, { role: 'moderator' })).toBe('ok')
    // A moderator who adds them too names no role, and takes nothing back.
    expect(await add(cleo, room, dan)).toBe('ok')
    expect(await dans.newEvents()).toEqual(['room.invited'])
    expect(await accept(dan, room)).toBe('ok')
    expect(await roleOf()).toBe('moderator')
    await closeAll(dans)
  })

  test('one person cannot fill another’s list of invitations', async () => {
    const { server } = at()
    const [mallory, ben] = (await people('mallory', 'ben')) as [Person, Person]
    const outcomes: string[] = []
    for (let n = 0; n < 12; n++) outcomes.push(await add(mallory, await makeRoom(server, mallory), ben))
    expect(outcomes.filter((each) => each === 'ok').length).toBe(10)
    expect(outcomes.at(-1)).toBe('conflict')
  })

  describe('the list of rooms', () => {
    test('begins with the rooms used last, in hello and over REST, whatever the page', async () => {
      const { server } = at()
      const [ben] = (await people('ben')) as [Person]
      const rooms: string[] = []
      for (let n = 0; n < 5; n++) rooms.push(await makeRoom(server, ben))
      await api(ben).post(`/rooms/${rooms[1]}/messages`, { content: 'The newest' })
      const expected = [rooms[1], rooms[4], rooms[3], rooms[2], rooms[0]]
      const socket = await listener(server, ben)
      const hello = socket.heard('hello')[0]!
      expect(hello.rooms.map(({ id }: { id: string }) => id)).toEqual(expected)
      expect(hello.more).toBeUndefined()
      const paged: string[] = []
      for (let after = ''; ; ) {
        const { body } = await api(ben).get(`/rooms?limit=2${after && `&after=${after}`}`)
        paged.push(...body.items.map(({ id }: { id: string }) => id))
        if (!body.next) break
        after = body.next
      }
      expect(paged.slice(0, 5)).toEqual(expected as string[])
      expect(new Set(paged).size).toBe(paged.length)
      expect(paged).toContain('general')
      await socket.close()
    })

    test('says in hello when it is not all', async () => {
      const { server } = at()
      const [ben] = (await people('ben')) as [Person]
      const mine = await makeRoom(server, ben)
      await server.tools.sql.query(
        `with made as (
           insert into rooms (id, epoch, title, access, posting, created_at)
           select '0-' || $1 || '-' || n, 'x', 'Room', 'open', 'members', now() - interval '1 day' from generate_series(1, 501) n
           returning key
         ) insert into members (room_key, user_id, role, joined_at)
         select key, (select id from users where username = $2), 'member', now() from made`,
        [crypto.randomUUID().slice(0, 8), ben.username],
      )
      const socket = await listener(server, ben)
      const { rooms, more } = socket.heard('hello')[0]!
      expect([rooms.length, more, rooms[0].id]).toEqual([500, true, mine])
      await socket.close()
    })
  })
})
