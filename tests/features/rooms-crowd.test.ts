import { describe, expect, test } from 'bun:test'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { statementsOf } from '../support/statements.ts'
import { listener, logOf, meet, membersOf } from './listener.ts'

const crowd = 100
const roomsEach = 11

await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => {
    const people = await cast(server)
    const names = Array.from({ length: crowd }, (_, index) => `guest${index}`)
    return { ...people, guests: await meet(server, ...names) }
  })

  const join = (person: Person, room: string) => rest(at().server, person).put(`/rooms/${room}/members/me`)
  const leave = (person: Person, room: string) =>
    rest(at().server, person).delete(`/rooms/${room}/members/me`)

  const count = (items: string[]): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const item of items) counts[item] = (counts[item] ?? 0) + 1
    return counts
  }

  const once = (people: Person[], what: string): Record<string, number> =>
    Object.fromEntries(people.map(({ username }) => [`${what} ${username} member`, 1]))

  test('a crowd that joins and leaves a room is stored in a few statements, each with one event, in one order', async () => {
    const { server, ben, guests } = at()
    const room = await makeRoom(server, ben)
    const bens = await listener(server, ben, room)
    let before = statementsOf(server)
    const joined = await Promise.all(guests.map((guest) => join(guest, room)))
    // Was 10 for each.
    expect(statementsOf(server) - before).toBeLessThan(crowd)
    expect(joined.map(({ status }) => status)).toEqual(guests.map(() => 204))
    const heard = await bens.newEvents()
    expect(count(heard)).toEqual(once(guests, 'member.joined'))
    expect((await logOf(server, ben, room)).slice(1)).toEqual(heard)
    for (const guest of guests) {
      const { read_seq, role } = (await rest(server, guest).get(`/rooms/${room}`)).body
      expect([heard[read_seq - 2], role]).toEqual([`member.joined ${guest.username} member`, 'member'])
    }
    before = statementsOf(server)
    const left = await Promise.all(guests.map((guest) => leave(guest, room)))
    expect(statementsOf(server) - before).toBeLessThan(crowd)
    expect(left.map(({ status }) => status)).toEqual(guests.map(() => 204))
    const gone = await bens.newEvents()
    expect(count(gone)).toEqual(once(guests, 'member.left'))
    expect((await logOf(server, ben, room)).slice(1)).toEqual([...heard, ...gone])
    expect(await membersOf(server, ben, room)).toEqual(['ben'])
    await bens.close()
  })

  // On the embedded database a transaction has the whole database to itself.
  test.skipIf(database !== 'postgres')(
    'a person whom another transaction has locked holds up nobody who joins another room',
    async () => {
      const { server, ben, guests } = at()
      const [slow, other] = guests as [Person, Person]
      // The entries of the first and the third are stored together.
      const [room, , next] = [
        await makeRoom(server, ben),
        await makeRoom(server, ben),
        await makeRoom(server, ben),
      ]
      const { id } = (await rest(server, slow).get('/users/me')).body
      const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const locking = server.tools.sql.transaction(async ({ query }) => {
        await query('select 1 from users where id = $1 for update', [id])
        locked.resolve()
        await release.promise
      })
      await locked.promise
      const waiting = join(slow, room)
      expect((await join(other, next)).status).toBe(204)
      expect(await membersOf(server, ben, room)).toEqual(['ben'])
      release.resolve()
      await locking
      expect((await waiting).status).toBe(204)
      expect(await membersOf(server, ben, room)).toEqual(['ben', slow.username])
    },
  )

  test('a crowd that joins many rooms is stored in a few statements', async () => {
    const { server, ben, guests } = at()
    const rooms: string[] = []
    for (let n = 0; n < roomsEach; n++) rooms.push(await makeRoom(server, ben))
    const before = statementsOf(server)
    const joined = await Promise.all(guests.flatMap((guest) => rooms.map((room) => join(guest, room))))
    expect(statementsOf(server) - before).toBeLessThan((crowd * roomsEach) / 2)
    expect(count(joined.map(({ status }) => String(status)))).toEqual({ 204: crowd * roomsEach })
    for (const room of rooms)
      expect(count((await logOf(server, ben, room)).slice(1))).toEqual(once(guests, 'member.joined'))
  })

  test('a person who cannot join any more is refused alone, and one who is a member already joins without an event', async () => {
    const { server, ben, guests } = at()
    const [twice, erased] = await meet(server, 'twice', 'erased')
    const room = await makeRoom(server, ben)
    const all = [...guests.slice(0, 10), twice!, erased!, ...guests.slice(10, 20)]
    // Everybody is known not to be in the room, as after a look at it.
    for (const each of all) await rest(server, each).get(`/rooms/${room}`)
    // As if another node had been faster.
    const { sql } = server.tools
    await sql.query(
      `insert into members (room_key, user_id, role, joined_at)
       select rooms.key, users.id, 'member', now() from rooms, users where rooms.id = $1 and username = $2`,
      [room, twice!.username],
    )
    await sql.query('update users set deleted_at = now() where username = $1', [erased!.username])
    const joined = await Promise.all(all.map((each) => join(each, room)))
    expect(joined.map(({ status }) => status)).toEqual(all.map((each) => (each === erased ? 404 : 204)))
    const others = all.filter((each) => each !== erased && each !== twice)
    expect(count((await logOf(server, ben, room)).slice(1))).toEqual(once(others, 'member.joined'))
    expect((await membersOf(server, ben, room)).toSorted()).toEqual(
      ['ben', twice!.username, ...others.map(({ username }) => username)].toSorted(),
    )
  })

  test('a database that fails leaves neither a member nor an event, and everybody can try again', async () => {
    const { server, ben, guests } = at()
    const { sql } = server.tools
    const room = await makeRoom(server, ben)
    const some = guests.slice(0, 20)
    await sql.query(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'full' using errcode = '53100'; end $$`)
    await sql.query('create trigger refuse before insert on log for each row execute function refuse()')
    const refused = await Promise.all(some.map((each) => join(each, room)))
    await sql.query('drop function refuse cascade')
    expect(refused.map(({ status }) => status)).toEqual(some.map(() => 503))
    expect(await membersOf(server, ben, room)).toEqual(['ben'])
    const joined = await Promise.all(some.map((each) => join(each, room)))
    expect(joined.map(({ status }) => status)).toEqual(some.map(() => 204))
    expect(count((await logOf(server, ben, room)).slice(1))).toEqual(once(some, 'member.joined'))
  })

  test('nothing that a person sends follows their leaving, and nobody joins an archived room', async () => {
    const { server, ben, guests } = at()
    const room = await makeRoom(server, ben)
    const some = guests.slice(0, 20)
    await Promise.all(some.map((each) => join(each, room)))
    const say = (each: Person) =>
      rest(server, each).post(`/rooms/${room}/messages`, { content: each.username })
    const sent = await Promise.all(
      some.flatMap((each, index) =>
        index % 2 ? [leave(each, room), say(each), say(each)] : [say(each), leave(each, room), say(each)],
      ),
    )
    expect(sent.every(({ status }) => status < 500)).toBe(true)
    const log = await logOf(server, ben, room)
    for (const { username } of some) {
      const left = log.indexOf(`member.left ${username} member`)
      expect(left).toBeGreaterThan(0)
      expect(log.lastIndexOf(`message.created ${username}`)).toBeLessThan(left)
    }
    const [archived, ...late] = await Promise.all([
      rest(server, ben).patch(`/rooms/${room}`, { archived: true }),
      ...some.map((each) => join(each, room)),
    ])
    expect(archived.status).toBe(200)
    const after = await logOf(server, ben, room)
    const closed = after.findIndex((event) => event.startsWith('room.updated'))
    for (const [index, { status }] of late.entries()) {
      const place = after.lastIndexOf(`member.joined ${some[index]!.username} member`)
      if (status === 204) expect(place).toBeLessThan(closed)
      else expect([status, place < log.length]).toEqual([403, true])
    }
  })

  describe.each(eachDoor)('over %s', (door) => {
    test('a room opens on every device of its new member, and closes when they leave', async () => {
      const { server, ben, guests } = at()
      const room = await makeRoom(server, ben, [], { description: 'For *all*' })
      const [guest] = guests as [Person]
      const device = await listener(server, guest)
      const client = await clientOver(door, server, guest)
      await client.join(room)
      const opened = await device.next('room.opened')
      const listed = (await rest(server, guest).get(`/rooms/${room}`)).body
      expect(opened.room).toEqual(listed)
      await client.leave(room)
      expect(await device.next('room.closed')).toEqual({ type: 'room.closed', room, reason: 'left' })
      await device.close()
      await client.close()
    })
  })
})
