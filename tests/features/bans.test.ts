import { describe, expect, test } from 'bun:test'
import { cast, logIn, makeRoom, passwordOf, signUp } from '../support/cast.ts'
import { rest, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { unknownTimes } from '../support/times.ts'
import { listener, outcome } from './listener.ts'

const inASecond = () => new Date(Date.now() + 1000).toISOString()
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const ban = (username: string, body: object) =>
    rest(at().server, at().ada).put(`/users/${username}/ban`, body)
  const unban = (username: string) => outcome(rest(at().server, at().ada).delete(`/users/${username}/ban`))
  const enter = (username: string, password = passwordOf(username)) =>
    rest(at().server).post('/auth/login', { username, password })

  test('the banned person learns the reason and the end, at sign-in and on their open sockets', async () => {
    const { server, ada, cleo } = at()
    const socket = await listener(server, cleo)
    const until = inAnHour()
    expect(await outcome(ban('cleo', { reason: ' Advertising  ', until }))).toBe('ok')
    expect((await socket.ending()).code).toBe(4501)
    const shown = { ban_reason: 'Advertising', banned_until: until }
    expect(socket.heard('session.ending')).toEqual([{ type: 'session.ending', reason: 'banned', ...shown }])
    const { status, body } = await enter('cleo')
    expect([status, body.code, body.reason]).toEqual([403, 'forbidden', 'account_banned'])
    expect(body.params).toEqual({ reason: 'Advertising', until })
    expect(body.detail).toBe(`This account is banned until ${until}. Reason: Advertising`)
    const form = rest(server, undefined, { 'content-type': 'application/x-www-form-urlencoded' })
    const fields = new URLSearchParams({ username: 'cleo', password: passwordOf('cleo') }).toString()
    expect((await form.post('/auth/token', fields)).body.params).toEqual({ reason: 'Advertising', until })
    const seen = (await rest(server, ada).get('/users/cleo')).body
    expect(seen).toMatchObject({ banned: true, ...shown })
    expect(await unban('cleo')).toBe('ok')
    const after = (await rest(server, ada).get('/users/cleo')).body
    expect([after.banned, after.ban_reason, after.banned_until]).toEqual([undefined, undefined, undefined])
    Object.assign(cleo, await logIn(server, 'cleo'))
  })

  test('only the correct password tells of a ban, and others see nothing of it', async () => {
    const { server, ben } = at()
    await ban('dan', { reason: 'Spam' })
    const unknown = await enter('nobody-here', 'not his password')
    expect((await enter('dan', 'not his password')).body).toEqual(unknown.body)
    const { body } = await rest(server, ben).get('/users/dan')
    expect(Object.keys(body).filter((field) => /ban/.test(field))).toEqual([])
    expect((await enter('dan')).body.params).toEqual({ reason: 'Spam' })
    await unban('dan')
    Object.assign(at().dan, await logIn(server, 'dan'))
  })

  test('without a reason and an end, the refusal has neither', async () => {
    await ban('dan', {})
    const { body } = await enter('dan')
    expect([body.reason, body.params, body.detail]).toEqual(['account_banned', {}, 'This account is banned.'])
    await unban('dan')
    Object.assign(at().dan, await logIn(at().server, 'dan'))
  })

  test('a ban ends by itself at its time, also after a restart, and nobody has to do anything', async () => {
    const { server, ben, ada } = at()
    const eve = await signUp(server, 'eve-1')
    const direct = () => outcome(rest(server, ben).post('/directs', { usernames: [eve.username] }))
    await ban(eve.username, {})
    expect(await direct()).toBe('forbidden')
    expect((await rest(server, ada).get(`/users/${eve.username}`)).body.banned).toBe(true)
    expect(await outcome(ban(eve.username, { until: inASecond() }))).toBe('ok')
    await server.restart()
    await waitFor(
      'the end of the ban',
      async () => (await rest(server, ada).get(`/users/${eve.username}`)).body.banned === undefined,
    )
    expect(await direct()).toBe('ok')
    // The session that the ban ended stays ended.
    expect(await outcome(rest(server, eve).get('/users/me'))).toBe('unauthenticated')
  })

  test('what a banned person made works again from the end of the ban', async () => {
    const { server, ada, dan } = at()
    const eve = await signUp(server, 'eve-2')
    const room = await makeRoom(server, eve)
    const { body } = await rest(server, eve).post(`/rooms/${room}/invites`, {})
    const accept = () => outcome(rest(server, dan).post(`/invites/${body.code}/accept`))
    await ban(eve.username, {})
    expect(await accept()).toBe('not_found')
    expect(await outcome(ban(eve.username, { until: inASecond() }))).toBe('ok')
    await waitFor(
      'the end of the ban',
      async () => (await rest(server, ada).get(`/users/${eve.username}`)).body.banned === undefined,
    )
    await waitFor('the invite', async () => (await accept()) === 'ok')
  })

  describe('a second ban', () => {
    test('changes the first one; the same again changes nothing', async () => {
      const { server, ada } = at()
      const acts = async () => {
        const { body } = await rest(server, ada).get('/audit?limit=100')
        return body.items.filter((act: { subject: string }) => act.subject === 'dan')
      }
      const before = (await acts()).length
      const until = inAnHour()
      for (const body of [{}, { reason: 'Spam', until }, { reason: 'Spam', until }])
        expect(await outcome(ban('dan', body))).toBe('ok')
      expect((await enter('dan')).body.params).toEqual({ reason: 'Spam', until })
      await ban('dan', {})
      expect((await enter('dan')).body.params).toEqual({})
      const recorded = (await acts()).slice(0, -before || undefined)
      expect(recorded.map(({ action, detail }: never) => [action, detail]).reverse()).toEqual([
        ['user.banned', undefined],
        ['user.banned', { reason: 'Spam', until }],
        ['user.banned', undefined],
      ])
      await unban('dan')
      Object.assign(at().dan, await logIn(server, 'dan'))
    })
  })

  test.each([
    [{ until: '2020-01-01T00:00:00.000Z' }, '/until', 'time_past'],
    ...['tomorrow', ...unknownTimes].map((until) => [{ until }, '/until', 'time_format'] as const),
    [{ reason: 'x'.repeat(501) }, '/reason', 'too_long'],
    [{ reason: 'a\u0000b' }, '/reason', 'broken_text'],
    [{ reason: 7 }, '/reason', 'not_text'],
    [{ because: 'x' }, '/because', 'unknown_field'],
  ])('%j is refused at %s', async (body, path, reason) => {
    const refused = await ban('dan', body)
    expect([refused.status, refused.body.errors[0]]).toMatchObject([422, { path, reason }])
    expect((await enter('dan')).status).toBe(200)
  })

  test('nothing of the reason is left after an erasure', async () => {
    const { server, ada } = at()
    const eve = await signUp(server, 'eve-3')
    const reason = `What ${eve.username} did`
    await ban(eve.username, { reason })
    await unban(eve.username)
    const detail = async () =>
      (await rest(server, ada).get('/audit?limit=5')).body.items.map((act: { detail: object }) => act.detail)
    expect(JSON.stringify(await detail())).toContain(reason)
    const again = await logIn(server, eve.username)
    await rest(server, again).call('DELETE', '/users/me', {})
    expect(JSON.stringify(await detail())).not.toContain(reason)
  })
})
