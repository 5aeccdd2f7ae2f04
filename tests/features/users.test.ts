import { expect, test } from 'bun:test'
import { cast, logIn, makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { listener, logOf, meet, outcome } from './listener.ts'

const newName = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}`

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const api = (person: { token: string }) => rest(at().server, person)

  test('people change their own name and email address; others see the name, never the address', async () => {
    const { server, ada, ben } = at()
    const eve = await signUp(server, newName('eve'))
    const changed = await api(eve).patch('/users/me', { display_name: 'Eve E.', email: 'New@Example.org' })
    expect(changed.body).toMatchObject({ display_name: 'Eve E.', email: 'new@example.org' })
    expect((await api(ben).get(`/users/${eve.username}`)).body).toEqual({
      ...{ id: eve.id, username: eve.username, display_name: 'Eve E.', roles: ['user'] },
      created_at: expect.any(String),
    })
    expect((await api(ada).get(`/users/${eve.username}`)).body.email).toBe('new@example.org')
    expect(await outcome(api(ben).patch('/users/me', { email: 'NEW@example.org' }))).toBe('conflict')
    expect(await outcome(api(ben).patch('/users/me', { username: 'benjamin' }))).toBe('invalid')
    const password = eve.password
    expect(await outcome(rest(server).post('/auth/login', { email: 'new@example.org', password }))).toBe('ok')
    const old = rest(server).post('/auth/login', { email: eve.email, password })
    expect(await outcome(old)).toBe('unauthenticated')
  })

  test('a new name is that of every message at once, of old ones too', async () => {
    const { server, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const room = await makeRoom(server, ben, [ann])
    await post(server, ann, room, 'Old')
    const bens = await listener(server, ben, room)
    await api(ann).patch('/users/me', { display_name: 'Annabel' })
    await post(server, ann, room, 'New')
    const { body } = await api(ben).get(`/rooms/${room}/messages`)
    const heard = await bens.next('message.created')
    for (const { author } of [...body.items, heard.message]) expect(author.display_name).toBe('Annabel')
    await bens.close()
  })

  test('a new password ends every other session and its sockets, but not the one that changed it', async () => {
    const { server, ben } = at()
    const eve = await signUp(server, newName('eve'))
    const other = await logIn({ url: server.url }, eve.username)
    const room = await makeRoom(server, ben, [eve])
    const [here, there] = [await listener(server, eve, room), await listener(server, other, room)]
    const ticket = (await api(other).post('/auth/ticket')).body.ticket
    const change = (current_password: string, new_password: string) =>
      outcome(api(eve).put('/users/me/password', { current_password, new_password }))
    expect(await change('not my password', 'a better password')).toBe('forbidden')
    expect(await change(eve.password, 'short')).toBe('invalid')
    expect([here.isOpen(), there.isOpen()]).toEqual([true, true])
    expect(await change(eve.password, 'a better password')).toBe('ok')
    expect((await there.ending()).code).toBe(4501)
    expect(there.heard('session.ending')).toEqual([{ type: 'session.ending', reason: 'password_changed' }])
    await post(server, ben, room, 'Only here')
    expect(await here.newEvents()).toEqual(['message.created Only here'])
    expect(there.events()).toEqual([])
    expect(await outcome(api(other).get('/users/me'))).toBe('unauthenticated')
    expect(await outcome(rest(server).post('/auth/refresh', { refresh_token: other.refreshToken }))).toBe(
      'unauthenticated',
    )
    await expect(socketOf(server, { token: '' }, `/ws?ticket=${ticket}`)).rejects.toThrow()
    expect(await outcome(api(eve).get('/users/me'))).toBe('ok')
    const { username } = eve
    const logins = [eve.password, 'a better password'].map((password) =>
      outcome(rest(server).post('/auth/login', { username, password })),
    )
    expect(await Promise.all(logins)).toEqual(['unauthenticated', 'ok'])
    await here.close()
  })

  test('people see their sessions, and end another one with its sockets', async () => {
    const { server, ben } = at()
    const eve = await signUp(server, newName('eve'))
    const other = await logIn(server, eve.username)
    const sessions = async () =>
      (await api(eve).get('/auth/sessions')).body.items as { id: string; current: boolean }[]
    expect((await sessions()).map(({ current }) => current).sort()).toEqual([false, true])
    const there = await listener(server, other)
    const { id } = (await sessions()).find(({ current }) => !current)!
    expect(await outcome(api(ben).delete(`/auth/sessions/${id}`))).toBe('not_found')
    expect(there.isOpen()).toBe(true)
    expect(await outcome(api(eve).delete(`/auth/sessions/${id}`))).toBe('ok')
    expect((await there.ending()).code).toBe(4501)
    expect(await outcome(api(other).get('/users/me'))).toBe('unauthenticated')
    expect(await sessions()).toHaveLength(1)
    expect(await outcome(api(eve).delete(`/auth/sessions/${id}`))).toBe('not_found')
  })

  test('a ban closes every open socket at once; none receives a later seq', async () => {
    const { server, ada, ben } = at()
    const eve = await signUp(server, newName('eve'))
    const room = await makeRoom(server, ben, [eve])
    const [many, bens] = [await listener(server, eve, room), await listener(server, ben, room)]
    const simple = await socketOf(server, eve, `/ws/${room}`)
    await simple.next('room.ready')
    let going = true
    const chatter = (async () => {
      for (; going; await Bun.sleep(1)) bens.send({ type: 'message.send', room, content: 'And' })
    })()
    await many.next('message.created')
    expect(await outcome(api(ada).put(`/users/${eve.username}/ban`))).toBe('ok')
    const { data } = await bens.ask({ type: 'message.send', room, content: 'After' })
    const codes = [(await many.ending()).code, (await simple.ending()).code]
    going = false
    await chatter
    await bens.ask({ type: 'ping' })
    expect(codes).toEqual([4501, 4501])
    for (const socket of [many, simple]) {
      expect(socket.heard('session.ending')).toEqual([{ type: 'session.ending', reason: 'banned' }])
      expect(Math.max(...socket.events().map(({ seq }) => seq))).toBeLessThan(data.seq)
      expect(socket.all.at(-1)!.type).toBe('session.ending')
    }
    expect(await outcome(api(eve).get('/users/me'))).toBe('unauthenticated')
    await bens.close()
  })

  test('after a ban is lifted the person can sign in again; ended sessions stay ended', async () => {
    const { server, ada } = at()
    const eve = await signUp(server, newName('eve'))
    const ban = `/users/${eve.username}/ban`
    expect([await outcome(api(ada).put(ban)), await outcome(api(ada).put(ban))]).toEqual(['ok', 'ok'])
    expect(logIn(server, eve.username)).rejects.toThrow('account_banned')
    expect((await api(ada).get(`/users/${eve.username}`)).body.banned).toBe(true)
    expect([await outcome(api(ada).delete(ban)), await outcome(api(ada).delete(ban))]).toEqual(['ok', 'ok'])
    expect(await outcome(api(eve).get('/users/me'))).toBe('unauthenticated')
    const again = await logIn(server, eve.username)
    expect(await outcome(api(again).get('/users/me'))).toBe('ok')
  })

  test('only administrators list, find and change users, in pages', async () => {
    const { server, ada, ben } = at()
    const people = await meet(server, 'zoe', 'zoe', 'zoe')
    await api(ada).patch(`/users/${people[0]!.username}`, { display_name: 'Zoë 100%_' })
    const all: string[] = []
    for (let after = ''; ; ) {
      const { body } = await api(ada).get(`/users?limit=3&after=${after}`)
      all.push(...body.items.map(({ username }: Person) => username))
      if (!body.next) break
      after = body.next
    }
    expect(all).toEqual(all.toSorted())
    expect(new Set(all).size).toBe(all.length)
    expect(all).toEqual(expect.arrayContaining(people.map(({ username }) => username)))
    const found = (await api(ada).get(`/users?q=${encodeURIComponent('100%_')}`)).body.items
    expect(found.map(({ username }: Person) => username)).toEqual([people[0]!.username])
    for (const answer of [
      api(ben).get('/users'),
      api(ben).patch(`/users/${people[0]!.username}`, { display_name: 'x' }),
      api(ben).put(`/users/ben/roles/admin`),
      api(ben).put(`/users/${people[0]!.username}/ban`),
    ]) {
      expect(await outcome(answer)).toBe('forbidden')
    }
  })

  test('a promotion and a demotion have effect at once, whatever the token says', async () => {
    const { server, ada } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    const role = `/users/${eve.username}/roles/admin`
    expect(await outcome(api(eve).get('/users'))).toBe('forbidden')
    await api(ada).put(role)
    expect(await outcome(api(eve).get('/users'))).toBe('ok')
    await api(ada).delete(role)
    expect(await outcome(api(eve).get('/users'))).toBe('forbidden')
  })

  test('a changed profile is sent to all sockets of that person and to no others, no matter who changed it', async () => {
    const { server, ada, ben } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    const room = await makeRoom(server, ben, [eve])
    const { email } = (await api(eve).get('/users/me')).body
    const [eves, bens] = [await listener(server, eve, room), await listener(server, ben, room)]
    await api(eve).patch('/users/me', { display_name: 'Evelyn' })
    await api(ada).put(`/users/${eve.username}/roles/admin`)
    await api(ada).put(`/users/${eve.username}/roles/admin`)
    await api(ada).patch(`/users/${eve.username}`, { email: 'evelyn@example.org' })
    await api(ada).delete(`/users/${eve.username}/roles/admin`)
    const { body: user } = await api(eve).get('/users/me')
    await Promise.all([eves, bens].map((each) => each.ask({ type: 'ping' })))
    const heard = eves.heard('user.updated').map((event) => event.user as typeof user)
    expect(heard.map((each) => [each.display_name, each.email, each.roles.length])).toEqual([
      ['Evelyn', email, 1],
      ['Evelyn', email, 2],
      ['Evelyn', 'evelyn@example.org', 2],
      ['Evelyn', 'evelyn@example.org', 1],
    ])
    expect(heard.at(-1)).toEqual(user)
    expect(bens.heard('user.updated')).toEqual([])
    await Promise.all([eves.close(), bens.close()])
  })

  test('when the last two administrators demote, ban or erase each other at once, one stays', async () => {
    const server = await startServer({ database })
    const { ada } = await cast(server)
    const [eve] = (await meet(server, 'eve')) as [Person]
    let [one, other] = [ada, eve]
    const admins = async () => {
      for (const person of [one, other]) {
        const { status, body } = await rest(server, person).get('/users')
        if (status === 200)
          return body.items.filter(
            ({ roles, banned }: never) => (roles as string[]).includes('admin') && !banned,
          )
      }
      return []
    }
    for (let round = 0; round < 10; round++) {
      expect(await outcome(rest(server, one).put(`/users/${other.username}/roles/admin`))).toBe('ok')
      const demote = (by: Person, whom: Person) =>
        outcome(rest(server, by).delete(`/users/${whom.username}/roles/admin`))
      const outcomes = await Promise.all(
        round % 2 ? [demote(one, other), demote(other, one)] : [demote(other, one), demote(one, other)],
      )
      expect(outcomes.filter((each) => each === 'ok')).toHaveLength(1)
      expect(outcomes.filter((each) => each === 'conflict' || each === 'forbidden')).toHaveLength(1)
      const left = await admins()
      expect(left).toHaveLength(1)
      ;[one, other] = left[0].username === one.username ? [one, other] : [other, one]
    }
    expect(await outcome(rest(server, one).delete(`/users/${one.username}/roles/admin`))).toBe('conflict')
    expect(await outcome(rest(server, one).delete('/users/me'))).toBe('conflict')
    expect(await outcome(rest(server, one).put(`/users/${one.username}/ban`))).toBe('conflict')
    expect(await admins()).toHaveLength(1)
    await server.stop()
  })

  test('a renaming at the same time as a demotion gives the power back in no order', async () => {
    const { server, ada } = at()
    for (let round = 0; round < 10; round++) {
      const [eve] = (await meet(server, 'eve')) as [Person]
      await api(ada).put(`/users/${eve.username}/roles/admin`)
      const acts = [
        () => api(eve).patch('/users/me', { display_name: `Eve ${round}` }),
        () => api(ada).delete(`/users/${eve.username}/roles/admin`),
        () => api(ada).get(`/users/${eve.username}`),
      ]
      await Promise.all((round % 2 ? acts : acts.reverse()).map((act) => act()))
      expect(await outcome(api(eve).get('/users'))).toBe('forbidden')
    }
  })

  test('messages from before a ban stay, with their author’s name', async () => {
    const { server, ada, ben } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    const room = await makeRoom(server, ben, [eve])
    await post(server, eve, room, 'Still here')
    await api(ada).put(`/users/${eve.username}/ban`)
    expect(await logOf(server, ben, room)).toContain('message.created Still here')
    const [{ author }] = (await api(ben).get(`/rooms/${room}/messages`)).body.items
    expect(author.username).toBe(eve.username)
  })
})
