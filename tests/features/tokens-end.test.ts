import { describe, expect, test } from 'bun:test'
import { cast, logIn, makeRoom, passwordOf, post, signUp } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor, startServer, type TestServer } from '../support/server.ts'
import { listener, logOf, outcome } from './listener.ts'
import { asPerson, type Made, makeToken } from './tokens.ts'

const later = (server: TestServer, days: number) => {
  server.tools.clock = () => new Date(Date.now() + days * 24 * 3600 * 1000)
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const api = (person: { token: string }) => rest(at().server, person)

  describe('an API token ends at once, with its sockets,', () => {
    const endings: [string, string, (person: Person, made: Made) => Promise<unknown>][] = [
      ['when it is revoked', 'revoked', (ann, { id }) => api(ann).delete(`/tokens/${id}`)],
      ['by a ban', 'banned', (ann) => api(at().ada).put(`/users/${ann.username}/ban`, {})],
      ['by an erasure', 'erased', (ann) => api(ann).call('DELETE', '/users/me', {})],
      [
        'by a new password',
        'password_changed',
        ({ username, ...ann }) =>
          api(ann).put('/users/me/password', {
            current_password: passwordOf(username),
            new_password: 'quite another one',
          }),
      ],
    ]
    test.each(endings)('%s', async (_, reason, end) => {
      const { server, ben } = at()
      const ann = await signUp(server, `ann-${crypto.randomUUID().slice(0, 8)}`)
      const room = await makeRoom(server, ben, [ann])
      const [made, other] = [await makeToken(server, ann), await makeToken(server, ben)]
      const listeners = [await listener(server, made, room), await listener(server, made, room)]
      const bens = await listener(server, other, room)
      await end(ann, made)
      for (const each of listeners) expect((await each.ending()).code).toBe(4501)
      for (const each of listeners)
        expect(each.heard('session.ending')).toEqual([{ type: 'session.ending', reason }])
      const seq = await post(server, ben, room, 'Not for them')
      for (const each of listeners) expect(each.events().filter((event) => event.seq >= seq)).toEqual([])
      expect(await outcome(api(made).get('/users/me'))).toBe('unauthenticated')
      expect(await outcome(api(other).get('/users/me'))).toBe('ok')
      expect(bens.isOpen()).toBe(true)
      await bens.close()
    })

    test('but not by logging out, which ends another session', async () => {
      const { server } = at()
      const ben = await logIn(server, 'ben')
      const made = await makeToken(server, ben)
      await api(ben).post('/auth/logout')
      expect(await outcome(api(made).get('/users/me'))).toBe('ok')
    })
  })

  test.each(eachDoor)(
    '%s: of what it sends while it is revoked, all that was answered is there',
    async (door) => {
      const { server, ben } = at()
      const room = await makeRoom(server, ben)
      for (let round = 0; round < 5; round++) {
        const made = asPerson(await makeToken(server, ben))
        const clients = await Promise.all(Array.from({ length: 3 }, () => clientOver(door, server, made)))
        const texts = Array.from({ length: 30 }, (_, n) => `${door} ${round} ${n}`)
        const revoking = Bun.sleep(round * 3).then(() => api(ben).delete(`/tokens/${made.id}`))
        const sends = texts.map(async (content, n) => {
          await Bun.sleep(n / 3)
          const sent = clients[n % 3]!.send(room, { content })
          // A socket that was closed meanwhile answers nothing more.
          return Promise.race([sent, clients[n % 3]!.ended().then(() => ({ code: 'silence' }))])
        })
        const outcomes = await Promise.all(sends)
        expect((await revoking).status).toBe(204)
        const stored = await logOf(server, ben, room)
        outcomes.forEach((each, n) => {
          if ('data' in each && each.data) expect(stored).toContain(`message.created ${texts[n]}`)
          else expect(['unauthenticated', 'silence']).toContain(each.code!)
        })
        const before = stored.length
        const after = await Promise.all(
          texts.map((content) => outcome(api(made).post(`/rooms/${room}/messages`, { content }))),
        )
        expect(new Set(after)).toEqual(new Set(['unauthenticated']))
        expect(await logOf(server, ben, room)).toHaveLength(before)
      }
    },
  )

  test('a token that is requested while a new password ends all sessions is not created', async () => {
    const { server } = at()
    const draft = { name: 'Back door', scopes: ['read'] }
    const made: Made[] = []
    for (let round = 0; round < 6; round++) {
      const ann = await signUp(server, `ann-${crypto.randomUUID().slice(0, 8)}`)
      const thief = await logIn(server, ann.username)
      /** Asks until it is refused. */
      const ask = async (): Promise<void> => {
        for (;;) {
          const { status, body } = await rest(server, thief).post('/tokens', draft)
          if (status !== 201) return
          made.push(body)
        }
      }
      const asking = Array.from({ length: 4 }, ask)
      const change = { current_password: ann.password, new_password: 'quite another one' }
      expect((await api(ann).put('/users/me/password', change)).status).toBe(204)
      await Promise.all(asking)
      for (const each of made) expect(await outcome(api(each).get('/users/me'))).toBe('unauthenticated')
      expect((await api(ann).get('/tokens')).body.items).toEqual([])
    }
    expect(made.length).toBeGreaterThan(0)
  })

  // A login that had checked the old password made its session after the others had been ended.
  test.each(['a new password', 'a ban that is lifted again'])(
    'a login that is under way during %s leaves no session',
    async (what) => {
      const { server } = at()
      const entered: { token: string }[] = []
      for (let round = 0; round < 4; round++) {
        const ann = await signUp(server, `ann-${crypto.randomUUID().slice(0, 8)}`)
        const { username, password } = ann
        const enter = async (): Promise<void> => {
          for (;;) {
            const { status, body } = await rest(server).post('/auth/login', { username, password })
            if (status !== 200) return
            entered.push({ token: body.access_token })
          }
        }
        const entering = Array.from({ length: 4 }, enter)
        const change = { current_password: password, new_password: 'quite another one' }
        await waitFor('somebody is in', () => entered.length > round)
        if (what === 'a new password') await api(ann).put('/users/me/password', change)
        else await api(at().ada).put(`/users/${username}/ban`, {})
        await Promise.all(entering)
        await api(at().ada).delete(`/users/${username}/ban`)
        for (const each of entered) expect(await outcome(api(each).get('/users/me'))).toBe('unauthenticated')
      }
    },
  )

  // The thief had checked the old password too, and then put another one in the place of the new.
  test('when two sessions change the password at once, one of them succeeds', async () => {
    const { server } = at()
    const ann = await signUp(server, `ann-${crypto.randomUUID().slice(0, 8)}`)
    const thief = await logIn(server, ann.username)
    const change = (person: Person, new_password: string) =>
      outcome(api(person).put('/users/me/password', { current_password: ann.password, new_password }))
    const outcomes = await Promise.all([change(ann, 'quite another one'), change(thief, 'not that one')])
    // The other one has the wrong password by then, or no session any more.
    expect(outcomes.filter((each) => each === 'ok')).toHaveLength(1)
    expect(['forbidden', 'unauthenticated']).toContain(outcomes.find((each) => each !== 'ok')!)
  })

  test('a token expires, and its sockets are closed', async () => {
    const server = await startServer({ database })
    const { ben } = await cast(server)
    const made = await makeToken(server, ben, { expires_in_days: 2 })
    expect(await outcome(rest(server, made).get('/users/me'))).toBe('ok')
    const socket = await listener(server, made)
    later(server, 1.9)
    expect(await outcome(rest(server, made).get('/users/me'))).toBe('ok')
    expect(socket.isOpen()).toBe(true)
    later(server, 2.1)
    expect((await socket.ending()).code).toBe(4001)
    expect(await outcome(rest(server, made).get('/users/me'))).toBe('unauthenticated')
    await server.stop()
  })
})
