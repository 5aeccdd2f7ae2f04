import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, passwordOf, setUp, signUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { closeAll, listener, logOf, meet, membersOf, outcome } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  async function invited(draft: object = {}, room?: string) {
    const { server, ben } = at()
    const closed = room ?? (await makeRoom(server, ben, [], { title: 'The harbour', access: 'closed' }))
    const { body } = await rest(server, ben).post(`/rooms/${closed}/invites`, draft)
    return { room: closed, id: body.id as string, code: body.code as string, invite: body }
  }
  const accept = (person: Person, code: string) =>
    outcome(rest(at().server, person).post(`/invites/${code}/accept`))

  test('anyone with the code sees which room it is for, and can join: an event for the room and for their own sockets', async () => {
    const { server, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const { room, code } = await invited()
    expect((await rest(server, ann).get(`/rooms/${room}`)).status).toBe(404)
    const { body } = await rest(server, ann).get(`/invites/${code}`)
    expect(body).toMatchObject({ room, title: 'The harbour', description: '', invited_by: 'ben' })
    const [bens, anns] = [await listener(server, ben, room), await listener(server, ann)]
    const accepted = await rest(server, ann).post(`/invites/${code}/accept`)
    expect([accepted.status, accepted.body.id, accepted.body.role]).toEqual([200, room, 'member'])
    expect(await bens.newEvents()).toEqual([`member.joined ${ann.username} member`])
    expect(await anns.newEvents()).toEqual([`room.opened ${room}`])
    expect(await accept(ann, code)).toBe('ok')
    expect([await bens.newEvents(), await anns.newEvents()]).toEqual([[], []])
    await closeAll(bens, anns)
  })

  test('moderators create invites, and see the code once', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo], { access: 'closed' })
    const api = (person: Person) => rest(server, person)
    expect(await outcome(api(cleo).post(`/rooms/${room}/invites`, {}))).toBe('forbidden')
    expect(await outcome(api(dan).post(`/rooms/${room}/invites`, {}))).toBe('not_found')
    expect(await outcome(api(cleo).get(`/rooms/${room}/invites`))).toBe('forbidden')
    const { invite, code } = await invited({ max_uses: 3 }, room)
    expect(code.length).toBeGreaterThan(20)
    const { items } = (await api(ben).get(`/rooms/${room}/invites`)).body
    const { code: _, ...shown } = invite
    expect(items).toEqual([shown])
    expect(shown).toMatchObject({ max_uses: 3, uses: 0, created_by: 'ben', room })
  })

  test('an invite for five lets in five of twenty people who use it at the same time', async () => {
    const { server, ben } = at()
    const { room, code } = await invited({ max_uses: 5 })
    const crowd = await meet(server, ...Array.from({ length: 20 }, (_, n) => `guest${n}`))
    const bens = await listener(server, ben, room)
    const outcomes = await Promise.all(crowd.map((person) => accept(person, code)))
    expect(outcomes.filter((each) => each === 'ok')).toHaveLength(5)
    expect(outcomes.filter((each) => each === 'not_found')).toHaveLength(15)
    const inside = crowd.filter((_, n) => outcomes[n] === 'ok').map(({ username }) => username)
    expect(await membersOf(server, ben, room)).toEqual(['ben', ...inside].sort())
    const joined = inside.map((name) => `member.joined ${name} member`)
    expect((await bens.newEvents()).sort()).toEqual(joined.sort())
    expect((await logOf(server, ben, room)).sort()).toEqual(['member.joined ben owner', ...joined].sort())
    await bens.close()
  })

  test('a member does not use up an invite, even twenty times at once', async () => {
    const { server, ben } = at()
    const { room, code } = await invited({ max_uses: 2 })
    const [ann, bob] = (await meet(server, 'ann', 'bob')) as [Person, Person]
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => accept(ann, code)))
    expect(outcomes).toEqual(Array(20).fill('ok'))
    const { items } = (await rest(server, ben).get(`/rooms/${room}/invites`)).body
    expect(items[0].uses).toBe(1)
    expect(await accept(bob, code)).toBe('ok')
  })

  test('wrong, expired, used up, revoked and of a deleted or archived room: all look alike', async () => {
    const { server, ben } = at()
    const [ann, bob] = (await meet(server, 'ann', 'bob')) as [Person, Person]
    const [used, revoked, expired, deleted] = [
      await invited({ max_uses: 1 }),
      await invited(),
      await invited({ expires_in: 60 }),
      await invited(),
    ]
    await accept(bob, used.code)
    expect(await outcome(rest(server, ben).delete(`/rooms/${revoked.room}/invites/${revoked.id}`))).toBe('ok')
    expect(await outcome(rest(server, ben).delete(`/rooms/${revoked.room}/invites/${revoked.id}`))).toBe(
      'not_found',
    )
    expect((await rest(server, ben).get(`/rooms/${revoked.room}/invites`)).body.items).toEqual([])
    await rest(server, ben).delete(`/rooms/${deleted.room}`)
    const { clock } = server.tools
    server.tools.clock = () => new Date(Date.now() + 61_000)
    try {
      const codes = ['never-was', used.code, revoked.code, expired.code, deleted.code]
      for (const path of ['', '/accept']) {
        const answers = await Promise.all(
          codes.map((code) => rest(server, ann).call(path ? 'POST' : 'GET', `/invites/${code}${path}`)),
        )
        expect(answers.map(({ status, body }) => [status, body])).toEqual(
          Array(codes.length).fill([404, answers[0]!.body]),
        )
      }
      const offers = await Promise.all(
        codes.map((code) => rest(server).call('POST', '/auth/invite', { code })),
      )
      expect(offers.map(({ status, body }) => [status, body])).toEqual(
        Array(codes.length).fill([404, offers[0]!.body]),
      )
      expect(offers[0]!.body.reason).toBe('invite_invalid')
    } finally {
      server.tools.clock = clock
    }
    expect(await accept(ann, expired.code)).toBe('ok')
  })

  test('a stranger with the code reads who invites to which room, and nothing else', async () => {
    const { server, ben } = at()
    const { code } = await invited()
    const { display_name } = (await rest(server, ben).get('/users/me')).body
    const { status, body } = await rest(server).call('POST', '/auth/invite', { code })
    expect([status, body]).toEqual([200, { title: 'The harbour', invited_by: display_name }])
  })

  test('an invite to an archived room is refused until the room is unarchived', async () => {
    const { server, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const { room, code } = await invited()
    await rest(server, ben).patch(`/rooms/${room}`, { archived: true })
    expect(await accept(ann, code)).toBe('not_found')
    expect(await outcome(rest(server, ben).post(`/rooms/${room}/invites`, {}))).toBe('forbidden')
    await rest(server, ben).patch(`/rooms/${room}`, { archived: false })
    expect(await accept(ann, code)).toBe('ok')
  })

  test('an invite is refused while its creator is banned, also for signing up', async () => {
    const server = await startServer({ database, settings: { SIGNUP: 'invite' } })
    const ada = await setUp(server, 'ada')
    const [ann, bob] = (await meet(server, 'ann', 'bob')) as [Person, Person]
    const room = await makeRoom(server, ann, [], { access: 'closed' })
    const { code } = (await rest(server, ann).post(`/rooms/${room}/invites`, {})).body
    const asked = async () => {
      const draft = { username: 'eve', email: 'eve@example.org', password: passwordOf('eve') }
      return [
        await outcome(rest(server, bob).get(`/invites/${code}`)),
        await outcome(rest(server, bob).post(`/invites/${code}/accept`)),
        await outcome(rest(server).post(`/auth/signup?invite=${code}`, draft)),
      ]
    }
    await rest(server, ada).put(`/users/${ann.username}/ban`, {})
    expect(await asked()).toEqual(['not_found', 'not_found', 'forbidden'])
    const { items } = (await rest(server, ada).get(`/rooms/${room}/invites`)).body
    expect(items.map(({ creator_lost_right: lost }: { creator_lost_right?: true }) => lost)).toEqual([true])
    await rest(server, ada).delete(`/users/${ann.username}/ban`)
    expect(await asked()).toEqual(['ok', 'ok', 'ok'])
    await server.stop()
  })

  // A removed moderator came back into a closed room by an invite of their own (attacks B11).
  test('an invite works only while its creator may invite: not after they are removed, demoted, gone or erased', async () => {
    const { server, ben } = at()
    const losses: Record<string, (room: string, ann: Person) => Promise<{ status: number }>> = {
      removed: (room, ann) => rest(server, ben).delete(`/rooms/${room}/members/${ann.username}`),
      demoted: (room, ann) =>
        rest(server, ben).put(`/rooms/${room}/members/${ann.username}`, { role: 'member' }),
      left: (room, ann) => rest(server, ann).delete(`/rooms/${room}/members/me`),
      erased: (_, ann) => rest(server, ann).call('DELETE', '/users/me', { current_password: ann.password }),
    }
    for (const [loss, lose] of Object.entries(losses)) {
      const [bob] = (await meet(server, 'bob')) as [Person]
      const ann = await signUp(server, `ann-${crypto.randomUUID().slice(0, 8)}`)
      const room = await makeRoom(server, ben, [ann], { access: 'closed' })
      await rest(server, ben).put(`/rooms/${room}/members/${ann.username}`, { role: 'moderator' })
      const { code } = (await rest(server, ann).post(`/rooms/${room}/invites`, {})).body
      expect(await outcome(rest(server, bob).get(`/invites/${code}`))).toBe('ok')
      expect((await lose(room, ann)).status).toBe(204)
      expect([loss, await outcome(rest(server, bob).get(`/invites/${code}`))]).toEqual([loss, 'not_found'])
      expect([loss, await accept(bob, code)]).toEqual([loss, 'not_found'])
      if (loss !== 'erased' && loss !== 'demoted')
        expect([loss, await accept(ann, code)]).toEqual([loss, 'not_found'])
      const { items } = (await rest(server, ben).get(`/rooms/${room}/invites`)).body
      const marks = items.map(({ creator_lost_right: lost }: { creator_lost_right?: true }) => lost)
      expect([loss, marks]).toEqual([loss, loss === 'erased' ? [] : [true]])
    }
  })

  test('a limit is a whole number of people and of seconds', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    for (const draft of [
      { max_uses: 0 },
      { max_uses: 1.5 },
      { expires_in: 1 },
      { expires_in: 1e12 },
      { uses: 1 },
    ]) {
      const made = outcome(rest(server, ben).post(`/rooms/${room}/invites`, draft))
      expect([draft, await made]).toEqual([draft, 'invalid'])
    }
  })

  describe('with SIGNUP=invite', () => {
    // Thirty accounts came of an invite for one person, and its uses stayed at 0 (attacks B10).
    test('an invite for one person lets one of sixty parallel sign-ups create an account and join', async () => {
      const server = await startServer({ database, settings: { SIGNUP: 'invite' } })
      const ada = await setUp(server, 'ada')
      const room = await makeRoom(server, ada, [], { access: 'closed' })
      const { body: invite } = await rest(server, ada).post(`/rooms/${room}/invites`, { max_uses: 1 })
      const signUp = (n: number) => {
        const username = `guest-${n}`
        const draft = { username, email: `${username}@example.org`, password: passwordOf(username) }
        return rest(server).post(`/auth/signup?invite=${invite.code}`, draft)
      }
      const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => signUp(n)))
      const statuses = answers.map(({ status }) => status)
      expect(statuses.filter((status) => status === 201)).toHaveLength(1)
      expect(new Set(statuses)).toEqual(new Set([201, 403]))
      const guest = `guest-${statuses.indexOf(201)}`
      expect(await membersOf(server, ada, room)).toEqual(['ada', guest])
      const { items } = (await rest(server, ada).get('/users')).body
      expect(items.map(({ username }: { username: string }) => username)).toEqual(['ada', guest])
      await server.stop()
    })

    test('an invite to an archived or deleted room creates no account, and a taken name does not use it up', async () => {
      const server = await startServer({ database, settings: { SIGNUP: 'invite' } })
      const ada = await setUp(server, 'ada')
      const room = await makeRoom(server, ada, [], { access: 'closed' })
      const { body: invite } = await rest(server, ada).post(`/rooms/${room}/invites`, { max_uses: 1 })
      const signUp = (username: string) =>
        rest(server).post(`/auth/signup?invite=${invite.code}`, {
          ...{ username, email: `${username}-2@example.org`, password: passwordOf(username) },
        })
      expect(await outcome(signUp('ada'))).toBe('conflict')
      expect((await rest(server, ada).get(`/rooms/${room}/invites`)).body.items[0].uses).toBe(0)
      await rest(server, ada).patch(`/rooms/${room}`, { archived: true })
      expect(await outcome(signUp('eve'))).toBe('forbidden')
      await rest(server, ada).patch(`/rooms/${room}`, { archived: false })
      expect(await outcome(signUp('fay'))).toBe('ok')
      const other = await makeRoom(server, ada, [], { access: 'closed' })
      invite.code = (await rest(server, ada).post(`/rooms/${other}/invites`, {})).body.code
      await rest(server, ada).delete(`/rooms/${other}`)
      expect(await outcome(signUp('gus'))).toBe('forbidden')
      await server.stop()
    })

    test('signing up needs an invite that can still be used', async () => {
      const server = await startServer({ database, settings: { SIGNUP: 'invite' } })
      const ada = await setUp(server, 'ada')
      const room = await makeRoom(server, ada, [], { access: 'closed' })
      const { body } = await rest(server, ada).post(`/rooms/${room}/invites`, { max_uses: 1 })
      const draft = (username: string) => ({
        username,
        email: `${username}@example.org`,
        password: passwordOf(username),
      })
      const signUp = (username: string, query = '') =>
        rest(server).post(`/auth/signup${query}`, draft(username))
      expect(await outcome(signUp('eve'))).toBe('forbidden')
      expect(await outcome(signUp('eve', '?invite=wrong'))).toBe('forbidden')
      const made = await signUp('eve', `?invite=${body.code}`)
      expect(made.status).toBe(201)
      const eve = { token: made.body.access_token as string }
      expect(await outcome(rest(server, eve).post(`/invites/${body.code}/accept`))).toBe('ok')
      expect(await membersOf(server, ada, room)).toEqual(['ada', 'eve'])
      expect(await outcome(signUp('fay', `?invite=${body.code}`))).toBe('forbidden')
      // An administrator may always.
      expect(await outcome(rest(server, ada).post('/auth/signup', draft('gus')))).toBe('ok')
      await server.stop()
    })
  })
})
