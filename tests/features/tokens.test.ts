import { describe, expect, test } from 'bun:test'
import { createLog } from '../../src/log.ts'
import { defaultLimits } from '../../src/protocol/limits.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { openSocket, type Person, rest, socketOf, waitFor } from '../support/client.ts'
import { clientOver, doors, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { closeAll, listener, meet, outcome } from './listener.ts'
import { asPerson, type Made, makeToken } from './tokens.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const api = (person: { token: string }) => rest(at().server, person)

  test('a token is shown once, and the list leaves it out', async () => {
    const { server, ben, cleo } = at()
    const made = await makeToken(server, ben, { name: 'Backups', scopes: ['read'], expires_in_days: 30 })
    expect(made.token).toMatch(/^parley_[\w-]{43}$/)
    expect(Date.parse(String(made.expires_at)) - Date.parse(String(made.created_at))).toBe(30 * 86_400_000)
    const { token: _, ...shown } = made
    expect((await api(ben).get('/tokens')).body).toEqual({ items: [shown] })
    expect((await api(cleo).get('/tokens')).body).toEqual({ items: [] })
    expect((await api(ben).get('/auth/sessions')).body.items.map(({ id }: Made) => id)).not.toContain(made.id)
    expect(await outcome(api(ben).delete(`/auth/sessions/${made.id}`))).toBe('not_found')
    expect(await outcome(api(ben).delete(`/tokens/${made.id}`))).toBe('ok')
    expect((await api(ben).get('/tokens')).body).toEqual({ items: [] })
  })

  test('a token is valid for a year by default, and for ten at most', async () => {
    const { server } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const made = await makeToken(server, ann)
    expect(Date.parse(String(made.expires_at)) - Date.parse(String(made.created_at))).toBe(365 * 86_400_000)
    const asked = (draft: object) =>
      outcome(api(ann).post('/tokens', { name: 'x', scopes: ['read'], ...draft }))
    for (const days of [0, -1, 3651, 1.5, '7']) expect(await asked({ expires_in_days: days })).toBe('invalid')
    for (const scopes of [[], ['read', 'read'], ['everything'], 'read', undefined]) {
      expect(await asked({ scopes })).toBe('invalid')
    }
    for (const name of ['', '  ', 'x'.repeat(101), 7]) expect(await asked({ name })).toBe('invalid')
    expect(await asked({ token: 'parley_mine' })).toBe('invalid')
  })

  test('only an administrator’s token can have `admin`, which has no effect after they are demoted', async () => {
    const { server, ada } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const draft = { name: 'x', scopes: ['admin'] }
    expect(await outcome(api(ann).post('/tokens', draft))).toBe('invalid')
    await api(ada).put(`/users/${ann.username}/roles/admin`, {})
    const made = await makeToken(server, ann, draft)
    expect(await outcome(api(made).get('/users'))).toBe('ok')
    await api(ada).delete(`/users/${ann.username}/roles/admin`)
    expect(await outcome(api(made).get('/users'))).toBe('forbidden')
  })

  // Who reads the new address could set another password by mail, and be signed in as somebody else after the token has ended.
  test('an administrator’s token changes nobody’s email address', async () => {
    const { server, ada } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    const made = await makeToken(server, ada, { name: 'x', scopes: ['admin'] })
    const changed = await api(made).patch(`/users/${eve.username}`, { email: 'thief@example.org' })
    expect([changed.status, changed.body.reason]).toEqual([403, 'token_not_allowed'])
    expect(await outcome(api(made).patch(`/users/${eve.username}`, { display_name: 'Eve' }))).toBe('ok')
    const byPerson = await api(ada).patch(`/users/${eve.username}`, { email: 'eve-again@example.org' })
    expect([byPerson.status, byPerson.body.email]).toEqual([200, 'eve-again@example.org'])
  })

  test.each(eachDoor)('%s: a token acts for its user, and its messages are theirs', async (door) => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const made = asPerson(await makeToken(server, ben))
    const cleos = await listener(server, cleo, room)
    const client = await clientOver(door, server, made)
    const draft = { content: `By a script over ${door}`, client_id: crypto.randomUUID() }
    const [first, again] = [await client.send(room, draft), await client.send(room, draft)]
    expect([first.data?.seq, again.data?.seq]).toEqual([3, 3])
    expect(await cleos.newEvents()).toEqual([`message.created ${draft.content}`])
    const heard = cleos.heard('message.created')[0]!
    expect(heard.message.author).toEqual({ username: 'ben', display_name: 'ben' })
    await closeAll(client, cleos)
  })

  test('a token opens sockets, in the header and in the address', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const { token } = await makeToken(server, ben)
    for (const path of ['/ws', `/ws/${room}`]) {
      const byHeader = await socketOf(server, { token }, path)
      const byAddress = await openSocket(`${server.url}${path}?token=${token}`)
      for (const socket of [byHeader, byAddress]) {
        const greeting = await socket.until('a greeting', () => socket.all[0])
        expect(greeting.user.username).toBe('ben')
        await socket.close()
      }
    }
  })

  test('a string that only looks like a token is refused', async () => {
    const { server, ben } = at()
    const { token } = await makeToken(server, ben)
    const wrong = ['parley_', `${token}x`, token.slice(0, -1), token.toUpperCase(), token.slice(7), ' ']
    for (const each of wrong) {
      expect([each, await outcome(api({ token: each }).get('/users/me'))]).toEqual([each, 'unauthenticated'])
    }
  })

  test('of an erased account no token is kept, not even its name', async () => {
    const { server, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    for (const person of [ann, ben]) await makeToken(server, person, { name: 'My hidden garden' })
    const kept = async () => {
      const [row] = await server.tools.sql.query<{ count: number }>(
        `select count(*) from tokens where name = 'My hidden garden'`,
      )
      return row!.count
    }
    expect(await kept()).toBe(2)
    expect(await outcome(api(ann).call('DELETE', '/users/me', {}))).toBe('ok')
    expect(await kept()).toBe(1)
  })

  test('a user cannot revoke another user’s token, which looks like a missing one', async () => {
    const { server, ben, cleo } = at()
    const { id, token } = await makeToken(server, ben)
    for (const each of [id, 'x', crypto.randomUUID()]) {
      const answer = await api(cleo).delete(`/tokens/${each}`)
      expect([answer.status, answer.body.reason]).toEqual([404, 'token_not_found'])
    }
    expect(await outcome(api({ token }).get('/users/me'))).toBe('ok')
  })

  test('a user has at most a hundred tokens', async () => {
    const { server } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const made: Made[] = []
    for (let n = 0; n < 100; n++) made.push(await makeToken(server, ann))
    const one = () => outcome(api(ann).post('/tokens', { name: 'One more', scopes: ['read'] }))
    expect(await one()).toBe('conflict')
    await api(ann).delete(`/tokens/${made[50]!.id}`)
    expect(await one()).toBe('ok')
  })

  describe('on a server of its own', () => {
    test('a token survives a restart, and so does its end; its last use is recorded to the minute', async () => {
      const server = await startServer({ database })
      const { ben } = await cast(server)
      const [made, ended] = [await makeToken(server, ben), await makeToken(server, ben)]
      const usedAt = async () => {
        const { items } = (await rest(server, ben).get('/tokens')).body
        return items.find(({ id }: Made) => id === made.id).used_at as string | undefined
      }
      expect(await usedAt()).toBeUndefined()
      await Bun.sleep(2)
      await rest(server, made).get('/users/me')
      const first = await waitFor('the note of its first use', usedAt)
      await rest(server, made).get('/users/me')
      await rest(server, ben).delete(`/tokens/${ended.id}`)
      expect(await usedAt()).toBe(first)
      await server.restart()
      expect(await outcome(rest(server, made).get('/users/me'))).toBe('ok')
      expect(await outcome(rest(server, ended).get('/users/me'))).toBe('unauthenticated')
      server.tools.clock = () => new Date(Date.now() + 61_000)
      await rest(server, made).get('/users/me')
      await waitFor('the note of its later use', async () => (await usedAt()) !== first)
      await server.stop()
    })

    test('the message rate is per user, however many tokens they have', async () => {
      const server = await startServer({ database, settings: { RATE_LIMITS: 'on' } })
      const { ben } = await cast(server)
      const room = await makeRoom(server, ben)
      const made = await Promise.all(Array.from({ length: 5 }, () => makeToken(server, ben)))
      const begun = performance.now()
      const sends = made.flatMap((token) =>
        Array.from({ length: 39 }, (_, n) =>
          outcome(rest(server, token).post(`/rooms/${room}/messages`, { content: `${n}` })),
        ),
      )
      const outcomes = await Promise.all(sends)
      // 39 are less than the burst, so a budget for each token would let all of them pass. A slow machine refills the budget
      // while it works: the limit follows from the time that has passed.
      const { messages_per_second, messages_burst } = defaultLimits
      const most = messages_burst + ((performance.now() - begun) / 1000) * messages_per_second
      expect(outcomes.filter((each) => each === 'ok').length).toBeLessThanOrEqual(Math.ceil(most))
      await server.stop()
    })

    test('neither log nor metrics nor database contains the token', async () => {
      let written = ''
      const log = createLog({ level: 'debug', destination: { write: (line) => (written += line) } })
      const server = await startServer({ database, log })
      const { ben } = await cast(server)
      const { token } = await makeToken(server, ben)
      await rest(server, { token }).get('/users/me')
      await rest(server, { token: `${token}x` }).get('/users/me')
      await rest(server, ben).get(`/users/${token}`)
      await rest(server).get(`/nowhere/${token}?token=${token}`)
      for (const door of doors) {
        const client = await clientOver(door, server, asPerson({ token }))
        expect((await client.send('nowhere', { content: 'x' })).code).toBe('not_found')
        await client.close()
      }
      server.tools.log.error('something broke', { seen: `with ${token} in it`, error: new Error(token) })
      const { body: metrics } = await rest(server).get('/metrics')
      const rows = await server.tools.sql.query(
        'select tokens.*, sessions.* from tokens join sessions on true',
      )
      await server.stop()
      expect(written).toContain('"path":"/nowhere/[redacted]"')
      for (const text of [written, metrics, JSON.stringify(rows)]) {
        expect(text.length).toBeGreaterThan(100)
        expect(text).not.toContain(token.slice('parley_'.length))
      }
    })
  })
})
