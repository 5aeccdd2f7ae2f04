import { describe, expect, test } from 'bun:test'
import { migrations } from '../../src/storage/migrations.ts'
import { acquaint, cast, logIn, makeRoom, passwordOf, post, signUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { listener, logOf, meet, membersOf, outcome } from './listener.ts'

const newName = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}`

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const erase = (person: Person, messages?: 'keep' | 'delete') =>
    outcome(rest(at().server, person).call('DELETE', '/users/me', messages ? { messages } : undefined))

  test('erasure ends sockets, sessions, sign-in and profile at once, and the username can never be used again', async () => {
    const { server, ada, ben } = at()
    const eve = await signUp(server, newName('eve'))
    const [here, there] = [
      await listener(server, eve),
      await listener(server, await logIn(server, eve.username)),
    ]
    expect(await erase(eve)).toBe('ok')
    for (const socket of [here, there]) {
      expect((await socket.ending()).code).toBe(4501)
      expect(socket.heard('session.ending')).toEqual([{ type: 'session.ending', reason: 'erased' }])
    }
    expect(await outcome(rest(server, eve).get('/users/me'))).toBe('unauthenticated')
    expect(logIn(server, eve.username)).rejects.toThrow('unauthenticated')
    for (const person of [ada, ben]) {
      expect(await outcome(rest(server, person).get(`/users/${eve.username}`))).toBe('not_found')
      expect(await outcome(rest(server, person).get('/users/deleted-user'))).toBe('not_found')
    }
    expect(JSON.stringify((await rest(server, ada).get('/users?limit=100')).body)).not.toContain(eve.username)
    expect(signUp(server, eve.username)).rejects.toThrow('conflict')
    const heir = newName('heir')
    const draft = { username: heir, email: eve.email, password: passwordOf(heir) }
    expect(await outcome(rest(server).post('/auth/signup', draft))).toBe('ok')
  })

  describe('their messages', () => {
    test('stay as messages of a deleted user, in history, log and on live sockets', async () => {
      const { server, ben } = at()
      const [eve] = (await meet(server, 'eve')) as [Person]
      const room = await makeRoom(server, ben, [eve])
      await post(server, eve, room, 'Remember me')
      const bens = await listener(server, ben, room)
      expect(await erase(eve)).toBe('ok')
      const events = await bens.newEvents()
      expect(events).toHaveLength(1)
      expect(events[0]).toStartWith('member.left ')
      const [message] = (await rest(server, ben).get(`/rooms/${room}/messages`)).body.items
      expect(message).toMatchObject({
        content: 'Remember me',
        author: { username: 'deleted-user', display_name: 'Deleted user' },
      })
      expect(JSON.stringify((await rest(server, ben).get(`/rooms/${room}/log`)).body)).not.toContain(
        eve.username,
      )
      expect(await membersOf(server, ben, room)).toEqual(['ben'])
      await bens.close()
    })

    test('or become tombstones where that is asked for, also where they have left long ago', async () => {
      const { server, ben, cleo } = at()
      const [eve] = (await meet(server, 'eve')) as [Person]
      const rooms = [await makeRoom(server, ben, [eve, cleo]), await makeRoom(server, ben, [eve])]
      const seq = await post(server, eve, rooms[0]!, 'A secret')
      await rest(server, eve).patch(`/rooms/${rooms[0]}/messages/${seq}`, { content: 'A changed secret' })
      await post(server, eve, rooms[1]!, 'Another secret')
      await post(server, ben, rooms[0]!, 'Not hers')
      await rest(server, eve).delete(`/rooms/${rooms[1]}/members/me`)
      const hers = await listener(server, cleo, rooms[0]!)
      expect(await erase(eve, 'delete')).toBe('ok')
      const events = await hers.newEvents()
      expect(events[0]).toBe('message.deleted ')
      expect(events[1]).toStartWith('member.left ')
      expect(events).toHaveLength(2)
      for (const room of rooms) {
        for (const path of ['messages', 'log']) {
          const text = JSON.stringify((await rest(server, ben).get(`/rooms/${room}/${path}`)).body)
          expect(text).not.toContain('secret')
          expect(text).toContain('deleted_at')
        }
      }
      expect(await logOf(server, ben, rooms[0]!)).toContain('message.created Not hers')
      await hers.close()
    })
  })

  test('a room whose only owner is erased goes to a moderator, or to the member of longest standing', async () => {
    const { server, ben, cleo, dan } = at()
    for (const moderates of [true, false]) {
      const [eve] = (await meet(server, 'eve')) as [Person]
      const room = await makeRoom(server, eve, [ben, cleo, dan])
      if (moderates) await rest(server, eve).put(`/rooms/${room}/members/dan`, { role: 'moderator' })
      const bens = await listener(server, ben, room)
      expect(await erase(eve)).toBe('ok')
      const heir = moderates ? 'dan' : 'ben'
      expect((await bens.newEvents()).slice(1)).toEqual([`member.updated ${heir} owner`])
      const { body } = await rest(server, ben).get(`/rooms/${room}/members`)
      const owners = body.items.filter(({ role }: { role: string }) => role === 'owner')
      expect(owners.map(({ username }: Person) => username)).toEqual([heir])
      expect((await bens.ask({ type: 'ping' })).type).toBe('reply')
      expect(
        await outcome(rest(server, heir === 'dan' ? dan : ben).patch(`/rooms/${room}`, { title: 'Mine' })),
      ).toBe('ok')
      await bens.close()
    }
  })

  test('a direct room stays for the others, with a deleted user in it, and cannot be opened again', async () => {
    const { server } = at()
    const [ann, eve] = (await meet(server, 'ann', 'eve')) as [Person, Person]
    const { body } = await rest(server, eve).post('/directs', { usernames: [ann.username] })
    await post(server, eve, body.id, 'Farewell')
    expect(await erase(eve)).toBe('ok')
    const [room] = (await rest(server, ann).get('/rooms')).body.items.filter(
      (r: { id: string }) => r.id === body.id,
    )
    expect(room.people.toSorted()).toEqual([ann.username, 'deleted-user'])
    expect((await rest(server, ann).get(`/rooms/${body.id}/messages`)).body.items[0].author.username).toBe(
      'deleted-user',
    )
    expect(await outcome(rest(server, ann).post('/directs', { usernames: [eve.username] }))).toBe('not_found')
  })

  test('a client that has a direct room open hears at once that its title has changed', async () => {
    const { server } = at()
    const [ann, eve] = (await meet(server, 'ann', 'eve')) as [Person, Person]
    const { body } = await rest(server, eve).post('/directs', { usernames: [ann.username] })
    const anns = await listener(server, ann, body.id)
    expect(await erase(eve)).toBe('ok')
    await anns.newEvents()
    expect(anns.heard('room.opened')).toMatchObject([
      { room: { id: body.id, title: 'Deleted user', people: [ann.username, 'deleted-user'] } },
    ])
    await anns.close()
  })

  test('of a username only a hash is left, also of one that was erased before there was a hash', async () => {
    const { server } = at()
    const [old, eve] = (await meet(server, 'old', 'eve')) as [Person, Person]
    const { sql } = server.tools
    expect(await erase(eve)).toBe('ok')
    const isThere = async (username: string) =>
      (await sql.query('select 1 from users where username = $1', [username])).length === 1
    const hashOf = ({ username }: Person) =>
      `erased:${new Bun.CryptoHasher('sha256').update(username).digest('hex')}`
    expect([await isThere(eve.username), await isThere(hashOf(eve))]).toEqual([false, true])
    // As the erasure of an older version left it.
    await sql.query('update users set deleted_at = now() where username = $1', [old.username])
    const migration = migrations.find(({ tag }) => tag === '0008_erased_names')!
    for (const statement of migration.sql.split('--> statement-breakpoint')) {
      if (/UPDATE/.test(statement)) await sql.query(statement)
    }
    expect([await isThere(old.username), await isThere(hashOf(old))]).toEqual([false, true])
    expect(signUp(server, old.username)).rejects.toThrow('conflict')
  })

  test('two people who want a name while its owner is erased get it neither', async () => {
    const { server } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    const [outcomeOfErasure, ...signups] = await Promise.allSettled([
      erase(eve),
      ...Array.from({ length: 4 }, () => signUp(server, eve.username)),
    ])
    expect(outcomeOfErasure).toMatchObject({ value: 'ok' })
    expect(signups.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
  })

  test('a person who is added to rooms during their erasure is in none of them afterwards', async () => {
    const { server, ben } = at()
    for (let round = 0; round < 8; round++) {
      const [eve] = (await meet(server, 'eve')) as [Person]
      // Half of them as a member at once, half by an invitation.
      if (round % 2) await acquaint(server, ben, eve)
      const rooms = await Promise.all(Array.from({ length: 6 }, () => makeRoom(server, ben)))
      const adds = rooms.map((room) => rest(server, ben).put(`/rooms/${room}/members/${eve.username}`, {}))
      const [outcomeOfErasure, ...added] = await Promise.all([erase(eve), ...adds])
      expect(outcomeOfErasure).toBe('ok')
      for (const { status } of added) expect([204, 404]).toContain(status)
      for (const room of rooms) expect(await membersOf(server, ben, room)).toEqual(['ben'])
    }
  })

  test('messages that are sent while the account is erased are deleted too', async () => {
    const { server, ben } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    const room = await makeRoom(server, ben, [eve])
    const eves = await listener(server, eve, room)
    let going = true
    const chatter = (async () => {
      for (; going && eves.isOpen(); await Bun.sleep(1))
        eves.send({ type: 'message.send', room, content: 'Still' })
    })()
    await eves.next('message.created')
    expect(await erase(eve, 'delete')).toBe('ok')
    going = false
    await chatter
    const { items } = (await rest(server, ben).get(`/rooms/${room}/messages?limit=100`)).body
    expect(items.filter(({ deleted_at }: { deleted_at?: string }) => !deleted_at)).toEqual([])
    await eves.ending()
  })
})
