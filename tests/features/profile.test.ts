import { expect, test } from 'bun:test'
import { statusAt } from '../../src/features/auth/custom-status.ts'
import type { CustomStatus } from '../../src/protocol/profile.ts'
import { cast, makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { wholeProfile } from './whole-profile.ts'

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const api = (person: { token: string }) => rest(at().server, person)
  const someone = (name: string) => signUp(at().server, `${name}-${crypto.randomUUID().slice(0, 8)}`)
  const set = (person: Person, custom_status: object) => api(person).patch('/users/me', { custom_status })

  test('people say what they do, their pronouns and their time zone; everybody sees it in their profile', async () => {
    const { server, ben } = at()
    const eve = await someone('eve')
    const { custom_status: _, ...profile } = wholeProfile()
    const { title: __, ...others } = profile
    const written = { ...profile, title: '  Harbour  master  here ' }
    expect((await api(eve).patch('/users/me', written)).body).toMatchObject(profile)
    expect((await api(ben).get(`/users/${eve.username}`)).body).toMatchObject(profile)
    // Not with each of their messages.
    const room = await makeRoom(server, eve, [ben])
    await post(server, eve, room, 'Hello')
    const [message] = (await api(ben).get(`/rooms/${room}/messages`)).body.items
    expect(message.author).toEqual({ username: eve.username, display_name: eve.username })
    // One field says nothing of the others; an empty one is none.
    expect((await api(eve).patch('/users/me', { title: ' ' })).body.title).toBeUndefined()
    const left = (await api(ben).get(`/users/${eve.username}`)).body
    expect(left).toMatchObject(others)
    expect(left.title).toBeUndefined()
    await api(eve).patch('/users/me', Object.fromEntries(Object.keys(others).map((field) => [field, ''])))
    expect(Object.keys((await api(ben).get(`/users/${eve.username}`)).body).sort()).toEqual(
      ['id', 'username', 'display_name', 'roles', 'created_at'].sort(),
    )
  })

  test('what cannot be in a profile is refused with its reason', async () => {
    const wrong: [object, string, string][] = [
      [{ title: 'x'.repeat(101) }, '/title', 'too_long'],
      [{ title: 'Harbour\nmaster' }, '/title', 'hidden_characters'],
      [{ title: 7 }, '/title', 'not_text'],
      [{ pronouns: 'x'.repeat(41) }, '/pronouns', 'too_long'],
      [{ pronouns: 'she\u202eher' }, '/pronouns', 'hidden_characters'],
      [{ title: `e${'\u0301'.repeat(5)}` }, '/title', 'too_many_marks'],
      [{ time_zone: 'Mars/Olympus' }, '/time_zone', 'time_zone_unknown'],
      [{ time_zone: '+05:30' }, '/time_zone', 'time_zone_unknown'],
      [{ time_zone: 'Europe/Berlin\0' }, '/time_zone', 'time_zone_unknown'],
      [{ time_zone: 'x'.repeat(65) }, '/time_zone', 'too_long'],
      [{ custom_status: 'Away' }, '/custom_status', 'not_an_object'],
      [{ custom_status: null }, '/custom_status', 'not_an_object'],
      [{ custom_status: { emoji: 'sea' } }, '/custom_status/emoji', 'emoji_format'],
      [{ custom_status: { emoji: '' } }, '/custom_status/emoji', 'empty'],
      [{ custom_status: { text: 'x'.repeat(101) } }, '/custom_status/text', 'too_long'],
      [{ custom_status: { text: 'a\u0000b' } }, '/custom_status/text', 'broken_text'],
      [{ custom_status: { text: 'Away', until: 'soon' } }, '/custom_status/until', 'time_format'],
      [
        { custom_status: { text: 'Away', until: '2020-01-01T00:00:00Z' } },
        '/custom_status/until',
        'time_past',
      ],
      [{ custom_status: { text: 'Away', more: 1 } }, '/custom_status/more', 'unknown_field'],
    ]
    const { ada, ben } = at()
    for (const [change, path, reason] of wrong)
      for (const asked of [api(ben).patch('/users/me', change), api(ada).patch('/users/dan', change)]) {
        const { status, body } = await asked
        expect([change, status, body.errors?.[0]?.path, body.errors?.[0]?.reason]).toEqual([
          ...[change, 422, path, reason],
        ])
      }
  })

  test('a person who shares a room hears once for each room what somebody is doing, and sees it in lists', async () => {
    const { server, ben, dan } = at()
    const eve = await someone('eve')
    const room = await makeRoom(server, eve, [ben])
    const direct = (await api(eve).post('/directs', { usernames: ['ben'] })).body.id
    const [bens, dans, hers] = [
      await socketOf(server, ben),
      await socketOf(server, dan),
      await socketOf(server, eve),
    ]
    for (const id of [room, direct]) await bens.ask({ type: 'room.subscribe', room: id })
    const status = { emoji: '⚓', text: 'Out at sea', until: inAnHour() }
    expect((await set(eve, status)).body.custom_status).toEqual(status)
    expect((await hers.next('user.updated')).user.custom_status).toEqual(status)
    const heard = [await bens.next('profile.changed'), await bens.next('profile.changed')]
    const { username } = eve
    expect(heard.sort((one, other) => (one.room === room ? -1 : other.room === room ? 1 : 0))).toEqual(
      [room, direct].map((id) => ({
        ...{ type: 'profile.changed', room: id, username, display_name: username, custom_status: status },
      })),
    )

    const memberIn = async (id: string) =>
      (await api(ben).get(`/rooms/${id}/members`)).body.items.find(
        (member: { username: string }) => member.username === username,
      )
    expect((await memberIn(room)).custom_status).toEqual(status)
    expect((await api(dan).get(`/users/${username}`)).body.custom_status).toEqual(status)
    const listed = async (person: Person, id: string) =>
      (await api(person).get('/rooms')).body.items.find((each: { id: string }) => each.id === id)
    const greeted = async (person: Person, id: string) => {
      const socket = await socketOf(server, person)
      const { rooms } = await socket.next('hello')
      socket.close()
      return rooms.find((each: { id: string }) => each.id === id)
    }
    for (const look of [listed, greeted]) {
      expect((await look(ben, direct)).custom_status).toEqual(status)
      expect((await look(ben, room)).custom_status).toBeUndefined()
      // It is not her own that she sees there.
      expect((await look(eve, direct)).custom_status).toBeUndefined()
    }

    // The same again tells nobody anything.
    await set(eve, status)
    expect((await set(eve, {})).body.custom_status).toBeUndefined()
    for (const event of [await bens.next('profile.changed'), await bens.next('profile.changed')])
      expect(event.custom_status).toBeUndefined()
    await bens.ask({ type: 'ping' })
    await dans.ask({ type: 'ping' })
    expect(bens.all.filter(({ type }) => type === 'profile.changed')).toHaveLength(4)
    expect(dans.all.filter(({ type }) => type === 'profile.changed')).toEqual([])
    expect((await memberIn(room)).custom_status).toBeUndefined()
    for (const look of [listed, greeted]) expect((await look(ben, direct)).custom_status).toBeUndefined()
    for (const socket of [bens, dans, hers]) socket.close()
  })

  test('a new name says what they are doing too, or clients would take it as nothing', async () => {
    const { server, ben } = at()
    const eve = await someone('eve')
    const room = await makeRoom(server, eve, [ben])
    await set(eve, { text: 'Lunch' })
    const bens = await socketOf(server, ben)
    await bens.ask({ type: 'room.subscribe', room })
    await api(eve).patch('/users/me', { display_name: 'Eve E.' })
    expect((await bens.next('profile.changed')).custom_status).toEqual({ text: 'Lunch' })
    bens.close()
  })

  test('a status that an administrator does not want to be seen can be cleared, as a picture can', async () => {
    const { ada, ben } = at()
    const eve = await someone('eve')
    await set(eve, { text: 'Something rude' })
    const path = `/users/${eve.username}`
    expect((await api(ben).patch(path, { custom_status: {} })).status).toBe(403)
    expect((await api(ada).patch(path, { custom_status: {} })).status).toBe(200)
    expect((await api(eve).get('/users/me')).body.custom_status).toBeUndefined()
    const { items } = (await api(ada).get('/audit')).body
    expect(items[0]).toMatchObject({ action: 'user.changed', detail: { fields: ['custom_status'] } })
  })

  test('of an erased account nothing is left, in the list of rooms of others neither', async () => {
    const { server, ben } = at()
    const eve = await someone('eve')
    const room = await makeRoom(server, eve, [ben])
    const direct = (await api(ben).post('/directs', { usernames: [eve.username] })).body.id
    await post(server, eve, room, 'Hello')
    const profile = wholeProfile()
    await api(eve).patch('/users/me', profile)
    const bens = await socketOf(server, ben)
    const { rooms } = await bens.next('hello')
    expect(rooms.find(({ id }: { id: string }) => id === direct).custom_status).toEqual(profile.custom_status)
    expect((await api(eve).delete('/users/me')).status).toBeLessThan(300)
    expect(
      (await bens.next((frame) => frame.type === 'room.opened' && frame.room.id === direct)).room,
    ).toMatchObject({
      title: 'Deleted user',
    })
    const seen = (await api(ben).get(`/rooms/${direct}`)).body
    expect([seen.title, seen.custom_status]).toEqual(['Deleted user', undefined])
    const [row] = await server.tools.sql.query('select * from users where id = $1', [eve.id])
    for (const field of Object.keys(profile)) expect([field, row![field]]).toEqual([field, null])
    bens.close()
  })
})

test('what no request could have put into a status is not shown: a backup may have anything', () => {
  const now = new Date()
  const shown = (stored: unknown) => statusAt(stored as CustomStatus, now)
  expect(shown({ emoji: '⚓', text: 'a\x1b[2J\nb\u202e', more: 1 })).toEqual({ emoji: '⚓', text: 'a [2J b' })
  expect(shown({ emoji: '<b>', text: 'Sea', until: inAnHour() })).toMatchObject({ text: 'Sea' })
  for (const stored of ['x', 7, [], {}, { emoji: '<b>' }, { text: 7 }, { text: 'x', until: 7 }, null])
    expect([stored, shown(stored)]).toEqual([stored, null])
  expect(shown({ text: 'x', until: 'soon' })).toBeNull()
})

test('a status that has ended is absent everywhere, without a word from anybody', async () => {
  let now = Date.now()
  const server = await startServer()
  server.tools.clock = () => new Date(now)
  const { ben, cleo } = await cast(server)
  const room = await makeRoom(server, ben, [cleo])
  const direct = (await rest(server, ben).post('/directs', { usernames: ['cleo'] })).body.id
  const until = new Date(now + 60_000).toISOString()
  await rest(server, cleo).patch('/users/me', { custom_status: { text: 'Lunch', until } })
  const look = async () => {
    const as = rest(server, ben)
    const socket = await socketOf(server, ben)
    const { rooms } = await socket.next('hello')
    socket.close()
    const isDirect = ({ id }: { id: string }) => id === direct
    const isCleo = ({ username }: { username: string }) => username === 'cleo'
    return [
      (await as.get('/users/cleo')).body,
      (await as.get('/rooms')).body.items.find(isDirect),
      (await as.get(`/rooms/${room}/members`)).body.items.find(isCleo),
      rooms.find(isDirect),
      (await rest(server, cleo).get('/users/me')).body,
    ].map(({ custom_status }) => custom_status?.text)
  }
  expect(await look()).toEqual(Array(5).fill('Lunch'))
  now += 60_001
  expect(await look()).toEqual(Array(5).fill(undefined))
  await server.stop()
})
