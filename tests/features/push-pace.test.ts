import { expect, test } from 'bun:test'
import { pushPauseMs } from '../../src/protocol/limits.ts'
import { makeRoom, post } from '../support/cast.ts'
import { waitFor } from '../support/client.ts'
import { onBothDatabases } from '../support/server.ts'
import { pushServerFor } from './push-devices.ts'

type Plan = {
  'Relation Name'?: string
  'Actual Rows': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Join Filter'?: number
  'Actual Loops': number
  Plans?: Plan[]
}

/** How many rows of members a statement has read. */
const membersIn = (plan: Plan): number =>
  (plan['Relation Name'] === 'members'
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0) + (plan.Plans ?? []).reduce((sum, each) => sum + membersIn(each), 0)

await onBothDatabases((database) => {
  const { at, api, deviceOf, texts, heard, settle } = pushServerFor(database)

  // What came while a device had to wait was dropped: a mention behind two plain messages was never pushed.
  test('a person who was called for a plain message a moment ago is called again for a mention, at once', async () => {
    const { server, ben, cleo } = at()
    const device = await deviceOf(cleo)
    const room = await makeRoom(server, ben, [cleo])
    const { policy } = server.tools
    const short = policy.pushPauseMs
    // On one database with the pauses of an operator's server.
    if (database === 'embedded') policy.pushPauseMs = pushPauseMs
    const firstAt = performance.now()
    await post(server, ben, room, 'Plain')
    await heard(device, 'Plain')
    await post(server, ben, room, 'Plain again')
    await settle()
    const startedAt = performance.now()
    await post(server, ben, room, '@cleo, come')
    await post(server, ben, room, 'Plain at last')
    await heard(device, '@cleo, come')
    expect(texts(device)).toEqual(['Plain', '@cleo, come'])
    // The pause after a plain message is a minute, after a mention five seconds.
    expect(performance.now() - startedAt).toBeLessThan(45_000)
    expect(performance.now() - firstAt).toBeGreaterThan(policy.pushPauseMs.mention)
    if (database === 'embedded') expect(policy.pushPauseMs.mention).toBe(5000)
    policy.pushPauseMs = short
    await api(cleo).delete(`/push/subscriptions/${device.id}`)
  })

  // Twenty devices were called together, and the next ones when the slowest of them had an answer.
  test('push services that never answer keep nobody else waiting', async () => {
    const { server, ben, cleo, dan, service } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const slow = await Promise.all(Array.from({ length: 20 }, () => deviceOf(cleo)))
    const well = await Promise.all(Array.from({ length: 3 }, () => deviceOf(dan)))
    const names = new Set(slow.map(({ name }) => name))
    const { promise: end, resolve } = Promise.withResolvers<number>()
    let ended = 0
    service.behave((name) => (names.has(name) ? end.finally(() => ended++) : 201))
    await post(server, ben, room, 'Hello, @room')
    for (const device of well) await heard(device, 'Hello, @room')
    const other = await makeRoom(server, ben, [dan])
    await post(server, ben, other, 'And here, @dan')
    for (const device of well) await heard(device, 'And here, @dan')
    expect(ended).toBe(0)
    resolve(201)
    for (const { id } of slow) await api(cleo).delete(`/push/subscriptions/${id}`)
    for (const { id } of well) await api(dan).delete(`/push/subscriptions/${id}`)
    service.behave(() => 201)
  })

  test('what was read while its push was on the way is taken back', async () => {
    const { server, ben, cleo, service } = at()
    const device = await deviceOf(cleo)
    const room = await makeRoom(server, ben, [cleo])
    const { promise: end, resolve } = Promise.withResolvers<number>()
    service.behave(() => end)
    const seq = await post(server, ben, room, '@cleo, quick')
    await heard(device, '@cleo, quick')
    await api(cleo).put(`/rooms/${room}/read`, { seq })
    resolve(201)
    await heard(device, 'read')
    service.behave(() => 201)
    // A later message is not taken back by the read mark of an earlier one.
    const last = await post(server, ben, room, '@cleo, later')
    await heard(device, '@cleo, later')
    await api(cleo).put(`/rooms/${room}/read`, { seq: last - 1 })
    await settle()
    expect(texts(device)).toEqual(['@cleo, quick', 'read', '@cleo, later'])
    await api(cleo).delete(`/push/subscriptions/${device.id}`)
  })

  // The members of the room were read again for each twenty devices: four times the people cost sixteen times the work.
  test('a room with four times the people costs four times the work', async () => {
    const { server, ben, service } = at()
    const { sql } = server.tools
    const { endpoint, keys } = service.addDevice('crowd')
    const rowsFor = async (count: number) => {
      const room = await makeRoom(server, ben)
      await sql.query(
        `with person as (
           insert into users (id, username, display_name, password_hash, created_at)
           select gen_random_uuid(), $2 || n, $2 || n, '', now() from generate_series(1, $3::int) as n returning id
         ), member as (
           insert into members (room_key, user_id, role, joined_at)
           select rooms.key, person.id, 'member', now() from rooms, person where rooms.id = $1
         ), session as (
           insert into sessions (id, user_id, refresh_hash, created_at, used_at, expires_at)
           select gen_random_uuid(), person.id, person.id::text, now(), now(), now() + interval '1 day' from person
           returning id
         )
         insert into push_subscriptions (id, session_id, endpoint_hash, endpoint, p256dh, auth, created_at)
         select 'crowd-' || session.id, session.id, session.id::text, $4, $5, $6, now() from session`,
        [room, `crowd${count}x`, count, endpoint, keys.p256dh, keys.auth],
      )
      let rows = 0
      const { query } = sql
      const asked: Promise<unknown>[] = []
      sql.query = (text: string, params?: unknown[]) => {
        if (/unnest.*place|unnest.*wanted/s.test(text) && text.includes('push_subscriptions'))
          asked.push(
            query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (analyze, format json) ${text}`, params).then(
              ([row]) => {
                rows += membersIn(row!['QUERY PLAN'][0].Plan)
              },
            ),
          )
        return query(text, params) as never
      }
      const before = service.of('crowd').length
      await post(server, ben, room, 'Hello, @room')
      await waitFor('everybody', () => service.of('crowd').length === before + count || undefined)
      sql.query = query
      await Promise.all(asked)
      return rows
    }
    const [few, many] = [await rowsFor(60), await rowsFor(240)]
    expect(few).toBeGreaterThanOrEqual(60)
    expect(many / few).toBeLessThan(6)
    await sql.query('delete from push_subscriptions')
  })

  test('a thousand messages are few pushes, in one room and in many', async () => {
    const { server, ben, cleo } = at()
    const device = await deviceOf(cleo)
    const room = await makeRoom(server, ben, [cleo])
    for (let n = 0; n < 20; n++)
      await Promise.all(
        Array.from({ length: 50 }, (_, at) => post(server, ben, room, `Number ${n * 50 + at}`)),
      )
    await waitFor('a push', () => texts(device).length > 0 || undefined)
    await settle()
    expect(texts(device).length).toBeLessThanOrEqual(2)
    for (let n = 0; n < 30; n++) await post(server, ben, await makeRoom(server, ben, [cleo]), '@cleo')
    await settle()
    expect(texts(device).length).toBeLessThanOrEqual(20)
    await api(cleo).delete(`/push/subscriptions/${device.id}`)
  }, 540_000)
})
