import { beforeEach, expect, test } from 'bun:test'
import { makeToken } from '../features/tokens.ts'
import { cast, makeRoom, passwordOf } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

/*
 * A ban ended by the clock of the process in one place and by that of the database in another, and neither was the clock of
 * the server: between them a person was banned and not banned.
 */
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

await onBothDatabases((database) => {
  let byMs = 0
  const at = serverFor({ database }, async (server) => {
    // Before anybody comes: who acts keeps the clock of then.
    server.tools.clock = () => new Date(Date.now() + byMs)
    const people = await cast(server)
    // API tokens, because sessions end when the clock is moved.
    const withToken = async (person: Person, scopes: string[]): Promise<Person> => ({
      ...person,
      token: (await makeToken(server, person, { scopes })).token,
    })
    return {
      ...people,
      ada: await withToken(people.ada, ['read', 'write', 'rooms', 'admin']),
      ben: await withToken(people.ben, ['read', 'write', 'rooms']),
      cleo: await withToken(people.cleo, ['read', 'write', 'rooms']),
    }
  })

  const moveClock = (to: number) => {
    byMs = to
  }
  beforeEach(() => moveClock(0))
  const inAnHour = () => new Date(Date.now() + hourMs).toISOString()
  const api = (person: Person) => rest(at().server, person)

  test('a ban: for signing in, for administrators, and for what the person made', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [], { access: 'closed' })
    await api(ada).put(`/rooms/${room}/members/dan`, { role: 'moderator' })
    const { body: invite } = await api(dan).post(`/rooms/${room}/invites`, {})
    const { body: hook } = await api(dan).post(`/rooms/${room}/webhooks`, { name: 'Tides' })
    const how = async () => {
      const logIn = await rest(server).post('/auth/login', { username: 'dan', password: passwordOf('dan') })
      const { body: shown } = await api(ada).get('/users/dan')
      const { body: listed } = await api(ada).get('/users?q=dan')
      const { body: hooks } = await api(ada).get(`/rooms/${room}/webhooks`)
      const { body: invites } = await api(ada).get(`/rooms/${room}/invites`)
      const preview = await api(cleo).get(`/invites/${invite.code}`)
      const posted = await fetch(hook.url, { method: 'POST', body: JSON.stringify({ text: 'High water' }) })
      return {
        mayLogIn: logIn.status === 200,
        shown: shown.banned === true,
        listed: listed.items[0].banned === true,
        hookEnded: hooks.items[0].creator_lost_right === true,
        inviteEnded: invites.items[0].creator_lost_right === true,
        preview: preview.status,
        posted: posted.status,
      }
    }
    const before = await how()
    expect(before).toMatchObject({ mayLogIn: true, shown: false, listed: false, preview: 200, posted: 200 })
    await api(ada).put('/users/dan/ban', { until: inAnHour() })
    const banned = await how()
    expect(banned).toMatchObject({
      ...{ mayLogIn: false, shown: true, listed: true, hookEnded: true, inviteEnded: true },
    })
    expect(banned.preview).not.toBe(200)
    expect(banned.posted).not.toBe(200)
    moveClock(2 * hourMs)
    expect(await how()).toEqual(before)
    moveClock(hourMs / 2)
    expect(await how()).toEqual(banned)
  })

  test('a silence: for writing, and in every list', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const how = async () => {
      const { status } = await api(cleo).post(`/rooms/${room}/messages`, { content: 'May I?' })
      const { body: shown } = await api(cleo).get(`/rooms/${room}`)
      const { body: members } = await api(ben).get(`/rooms/${room}/members`)
      const socket = await socketOf(server, cleo)
      const { rooms } = (await socket.next('hello')) as Frame
      await socket.close()
      const own = rooms.find(({ id }: Frame) => id === room)
      const member = members.items.find(({ username }: Frame) => username === 'cleo')
      return [status, ...[shown, own, member].map((each) => each.silenced_until !== undefined)]
    }
    expect(await how()).toEqual([201, false, false, false])
    await api(ben).put(`/rooms/${room}/members/cleo/silence`, { until: inAnHour() })
    expect(await how()).toEqual([403, true, true, true])
    moveClock(2 * hourMs)
    expect(await how()).toEqual([201, false, false, false])
    moveClock(hourMs / 2)
    expect(await how()).toEqual([403, true, true, true])
  })

  test('an invite, an API token and a session', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [], { access: 'closed' })
    const { body: invite } = await api(ben).post(`/rooms/${room}/invites`, { expires_in: 3600 })
    const session = await rest(server).post('/auth/login', { username: 'cleo', password: passwordOf('cleo') })
    const { access_token, refresh_token } = session.body
    const { token } = await makeToken(server, { token: access_token }, { expires_in_days: 1 })
    const statuses = async () => {
      const asked = [
        await api(cleo).get(`/invites/${invite.code}`),
        await rest(server, { token } as Person).get('/users/me'),
        await rest(server, { token: access_token } as Person).get('/users/me'),
      ]
      return asked.map(({ status }) => status)
    }
    expect(await statuses()).toEqual([200, 200, 200])
    moveClock(30 * minuteMs)
    expect(await statuses()).toEqual([200, 200, 401])
    moveClock(2 * hourMs)
    expect(await statuses()).toEqual([404, 200, 401])
    moveClock(2 * dayMs)
    expect(await statuses()).toEqual([404, 401, 401])
    const refresh = () => rest(server).post('/auth/refresh', { refresh_token })
    moveClock(31 * dayMs)
    expect((await refresh()).status).toBe(401)
    moveClock(29 * dayMs)
    expect((await refresh()).status).toBe(200)
  })
})
