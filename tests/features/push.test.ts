import { expect, test } from 'bun:test'
import { makeKey } from '../../src/crypto/keyring.ts'
import { distrust } from '../../src/scope.ts'
import { cast, logIn, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { startPushService } from './push-service.ts'

const settings = { OUTGOING_ALLOW: '127.0.0.1/32' }

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
  const at = serverFor({ database, settings }, async (server) => {
    const service = startPushService()
    const people = await cast(server)
    service.trust((await rest(server, people.ben).get('/push/key')).body.key)
    return { ...people, service }
  })
  const api = (person: { token: string }) => rest(at().server, person)
  let devices = 0

  /** A new device of a person, by its name at the push service. */
  async function deviceOf(person: { token: string }) {
    const name = `device-${++devices}`
    const { status, body } = await api(person).post('/push/subscriptions', at().service.addDevice(name))
    expect([status, Object.keys(body)]).toEqual([201, ['id']])
    return { name, id: body.id as string }
  }
  const texts = (device: { name: string }) =>
    at()
      .service.of(device.name)
      .map((message) => (message.type === 'message' ? message.text : message.type))
  const heard = (device: { name: string }, text: string) =>
    waitFor(text, () => texts(device).includes(text) || undefined)

  /** When a call that was made later has arrived, those of before were decided. */
  async function settle() {
    const { server, ada, ben } = at()
    const witness = await deviceOf(ada)
    const room = await makeRoom(server, ben, [ada])
    await post(server, ben, room, 'the end')
    await heard(witness, 'the end')
    await api(ada).delete(`/push/subscriptions/${witness.id}`)
  }

  test('a person who is away is called, and the device decrypts who, where and what', async () => {
    const { server, ben, cleo, service } = at()
    const room = await makeRoom(server, ben, [cleo], { title: 'Harbour' })
    await api(cleo).put(`/rooms/${room}/notifications`, { level: 'mentions' })
    const device = await deviceOf(cleo)
    await post(server, ben, room, 'Nobody in particular')
    const seq = await post(server, ben, room, 'Is it open, @cleo?')
    await heard(device, 'Is it open, @cleo?')
    const calls = service.got.filter((each) => each.device === device.name)
    expect(calls.map(({ message }) => message)).toEqual([
      {
        type: 'message',
        room,
        seq,
        kind: 'mention',
        author: 'ben',
        title: 'Harbour',
        text: 'Is it open, @cleo?',
      },
    ])
    const headers = calls[0]!.headers
    expect(headers.get('content-encoding')).toBe('aes128gcm')
    expect(headers.get('ttl')).toBe('86400')
    expect(headers.get('urgency')).toBe('high')
    expect(headers.get('topic')).toMatch(/^[\w-]{32}$/)
    expect(headers.get('topic')).not.toContain(room)
    expect(service.wrong).toEqual([])
    // Read on another device, so the notification goes.
    await api(cleo).put(`/rooms/${room}/read`, { seq })
    await heard(device, 'read')
    expect(service.of(device.name).at(-1)).toEqual({ type: 'read', room, seq })
    await api(cleo).delete(`/push/subscriptions/${device.id}`)
  })

  // The topic was a hash of the room alone: a push service saw which of its devices are in one room.
  test('a push service sees neither who shares a room nor how long a text is', async () => {
    const { server, ben, cleo, dan, service } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    for (const person of [cleo, dan]) await api(person).put(`/rooms/${room}/notifications`, { level: 'all' })
    const devices = [await deviceOf(cleo), await deviceOf(dan)]
    await post(server, ben, room, 'Short')
    for (const device of devices) await heard(device, 'Short')
    const direct = (await api(ben).post('/directs', { usernames: ['cleo'] })).body.id
    const long = 'A text that is longer than the other one by some words'
    await post(server, ben, direct, long)
    await heard(devices[0]!, long)
    const calls = devices.map(({ name }) => service.got.filter(({ device }) => device === name))
    const topics = calls.flat().map(({ headers }) => headers.get('topic'))
    expect(new Set(topics).size).toBe(3)
    expect(new Set(calls.flat().map(({ headers }) => headers.get('content-length'))).size).toBe(1)
    for (const [n, person] of [cleo, dan].entries())
      await api(person).delete(`/push/subscriptions/${devices[n]!.id}`)
  })

  test('who is called: directly, by name, with everybody, and where everything is wanted; nobody else, and not the author', async () => {
    const { server, ben, cleo, dan } = at()
    const [own, device, outside] = [await deviceOf(ben), await deviceOf(cleo), await deviceOf(dan)]
    const rooms: Record<string, string> = {}
    for (const level of ['all', 'mentions', 'nothing']) {
      rooms[level] = await makeRoom(server, ben, [cleo])
      await api(cleo).put(`/rooms/${rooms[level]}/notifications`, { level })
      for (const text of ['plain', '@cleo', '@room', '`@cleo`'])
        await post(server, ben, rooms[level]!, `${level}: ${text}`)
    }
    const direct = (await api(ben).post('/directs', { usernames: ['cleo'] })).body.id
    await post(server, ben, direct, 'directly')
    await heard(device, 'directly')
    await settle()
    // One of each room: the newest that means the person.
    expect(texts(device).toSorted()).toEqual(['all: @room', 'directly', 'mentions: @room'])
    expect([texts(own), texts(outside)]).toEqual([[], []])
    const kinds = at()
      .service.of(device.name)
      .map((message) => message.type === 'message' && message.kind)
    expect(kinds.toSorted()).toEqual(['direct', 'mention', 'mention'])
    for (const [person, { id }] of [
      [ben, own],
      [cleo, device],
      [dan, outside],
    ] as const)
      await api(person).delete(`/push/subscriptions/${id}`)
  })

  test('a device may want mentions only; the sessions show which ones have subscribed', async () => {
    const { server, ben, cleo, service } = at()
    const [all, few] = [await logIn(server, 'cleo'), await logIn(server, 'cleo')]
    const device = await deviceOf(all)
    const quiet = { name: `device-${++devices}` }
    const draft = { ...service.addDevice(quiet.name), level: 'mentions' }
    const { id } = (await api(few).post('/push/subscriptions', draft)).body
    const { items } = (await api(cleo).get('/auth/sessions')).body as { items: { push?: string[] }[] }
    expect(items.flatMap(({ push }) => push ?? []).toSorted()).toEqual([device.id, id].toSorted())
    const room = await makeRoom(server, ben, [cleo])
    await post(server, ben, room, 'For all')
    await heard(device, 'For all')
    await post(server, ben, room, 'For **@cleo**')
    await heard(quiet, 'For @cleo')
    expect(texts(quiet)).toEqual(['For @cleo'])
    // The same endpoint again, with another level.
    await api(few).post('/push/subscriptions', { ...draft, level: 'all' })
    const other = await makeRoom(server, ben, [cleo])
    await post(server, ben, other, 'For all again')
    await heard(quiet, 'For all again')
    expect((await api(few).post('/push/subscriptions', { ...draft, level: 'some' })).status).toBe(422)
    for (const each of [device.id, id]) await api(cleo).delete(`/push/subscriptions/${each}`)
  })

  test('nothing is sent about what was lost, read or deleted meanwhile', async () => {
    const { server, ada, ben, dan } = at()
    type Lose = (room: string, seq: number, person: Person) => Promise<unknown>
    const inRooms: Lose[] = [
      (room, seq, person) => api(person).put(`/rooms/${room}/read`, { seq }),
      (room, seq) => api(ben).delete(`/rooms/${room}/messages/${seq}`),
      (room) => api(ben).delete(`/rooms/${room}/members/cleo`),
      (room, _, person) => api(person).put(`/rooms/${room}/notifications`, { level: 'nothing' }),
      (room) => api(ben).delete(`/rooms/${room}`),
    ]
    const rounds: Record<string, Lose[]> = {
      'in their rooms': inRooms,
      blocked: [(_room, _seq, person) => api(person).put('/users/me/blocks/ben')],
      'signed out': [(_room, _seq, person) => api(person).post('/auth/logout', {})],
      banned: [() => api(ada).put('/users/cleo/ban')],
    }
    const { policy } = server.tools
    const { pushAfterMs } = policy
    const witness = await deviceOf(dan)
    for (const [round, losses] of Object.entries(rounds)) {
      const session = await logIn(server, 'cleo')
      const device = await deviceOf(session)
      const rooms = await Promise.all(losses.map(() => makeRoom(server, ben, [session])))
      const other = await makeRoom(server, ben, [dan])
      // Longer than any machine needs for the losses.
      policy.pushAfterMs = 4000
      await post(server, ben, other, `witness ${round}`)
      for (const [index, room] of rooms.entries())
        await losses[index]!(room, await post(server, ben, room, '@cleo'), session)
      policy.pushAfterMs = pushAfterMs
      await heard(witness, `witness ${round}`)
      await settle()
      expect([round, texts(device)]).toEqual([round, []])
      await api(ada).delete('/users/cleo/ban')
      Object.assign(at().cleo, await logIn(server, 'cleo'))
      await api(at().cleo).delete('/users/me/blocks/ben')
      await api(at().cleo).delete(`/push/subscriptions/${device.id}`)
    }
    await api(dan).delete(`/push/subscriptions/${witness.id}`)
  })

  test('a subscription that is gone is removed, one that fails is tried again, and one that never ends holds up nobody', async () => {
    const { server, ben, cleo, service } = at()
    const room = await makeRoom(server, ben, [cleo])
    const [gone, failing, endless, well] = [
      await deviceOf(cleo),
      await deviceOf(cleo),
      await deviceOf(cleo),
      await deviceOf(cleo),
    ]
    let failures = 1
    const slowly = () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await Bun.sleep(50)
            controller.enqueue(new Uint8Array(1))
          },
        }),
      )
    service.behave((name) => {
      if (name === gone.name) return 410
      if (name === failing.name && failures-- > 0) return 503
      return name === endless.name ? slowly() : 201
    })
    await post(server, ben, room, '@cleo one')
    await heard(well, '@cleo one')
    await waitFor('the other try', () => texts(failing).length === 2 || undefined)
    const left = await server.tools.sql.query<{ id: string }>('select id from push_subscriptions')
    expect(left.some(({ id }) => id === gone.id)).toBe(false)
    expect(texts(gone)).toEqual(['@cleo one'])
    service.behave(() => 201)
    for (const { id } of [failing, endless, well]) await api(cleo).delete(`/push/subscriptions/${id}`)
  })

  // What came while a device had to wait was dropped: a mention behind two plain messages was never pushed.
  test('who was called for a plain message a moment ago is called again for a mention, at once', async () => {
    const { server, ben, cleo } = at()
    const device = await deviceOf(cleo)
    const room = await makeRoom(server, ben, [cleo])
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

  test('a wrong subscription is refused with its reason; of a thousand, twenty are kept', async () => {
    const { server, ben, cleo, service } = at()
    const good = service.addDevice('good')
    const offCurve = Buffer.from(good.keys.p256dh, 'base64url').fill(7, 1).toString('base64url')
    const wrong: [unknown, string][] = [
      [{ endpoint: good.endpoint }, 'required'],
      [{ ...good, keys: {} }, 'required'],
      [{ ...good, keys: { ...good.keys, auth: 'short' } }, 'push_key_wrong'],
      [{ ...good, keys: { ...good.keys, p256dh: good.keys.p256dh.slice(1) } }, 'push_key_wrong'],
      [{ ...good, keys: { ...good.keys, p256dh: offCurve } }, 'push_key_wrong'],
      [{ ...good, endpoint: 'http://push.example.org/a' }, 'ok'],
      [{ ...good, endpoint: 'http://1.1.1.1/a' }, 'url_not_https'],
      [{ ...good, endpoint: 'https://10.0.0.1/a' }, 'url_not_public'],
      [{ ...good, endpoint: 'https://[fd00::1]/a' }, 'url_not_public'],
      [{ ...good, endpoint: 'x\r\ny: z' }, 'url_broken'],
      [{ ...good, endpoint: `https://push.example.org/${'x'.repeat(2100)}` }, 'too_long'],
      [{ ...good, more: 1 }, 'unknown_field'],
      [[], 'not_an_object'],
    ]
    for (const [draft, reason] of wrong) {
      if (reason === 'ok') continue
      const { status, body } = await api(ben).post('/push/subscriptions', draft)
      expect([status, body.errors?.[0]?.reason ?? body.reason]).toEqual([422, reason])
    }
    const ids: string[] = []
    for (let n = 0; n < 1000; n++) {
      const draft = { ...good, endpoint: `${good.endpoint}-${n}` }
      ids.push((await api(ben).post('/push/subscriptions', draft)).body.id)
    }
    const kept = await server.tools.sql.query<{ endpoint: string }>(
      'select endpoint from push_subscriptions order by created_at',
    )
    expect(kept.map(({ endpoint }) => endpoint)).toEqual(
      Array.from({ length: 20 }, (_, n) => `${good.endpoint}-${980 + n}`),
    )
    // The same endpoint again is the same subscription, also of another person on this device.
    const last = { ...good, endpoint: `${good.endpoint}-999` }
    expect((await api(cleo).post('/push/subscriptions', last)).body.id).toBe(ids.at(-1)!)
    expect((await api(ben).delete(`/push/subscriptions/${ids.at(-1)}`)).status).toBe(404)
    expect((await api(cleo).delete(`/push/subscriptions/${ids.at(-1)}`)).status).toBe(204)
    expect((await api(cleo).delete(`/push/subscriptions/${ids.at(-1)}`)).status).toBe(404)
    await server.tools.sql.query('delete from push_subscriptions')
  }, 540_000)

  test('the operator decides how much a push says', async () => {
    const { server, ben, cleo, service } = at()
    const device = await deviceOf(cleo)
    const { policy } = server.tools
    for (const content of ['names', 'none'] as const) {
      policy.pushContent = content
      const room = await makeRoom(server, ben, [cleo], { title: 'Harbour' })
      const seq = await post(server, ben, room, '@cleo secret')
      const call = await waitFor(content, () => service.of(device.name).find((each) => each.room === room))
      const said = { type: 'message', room, seq }
      expect(call as object).toEqual(
        content === 'none' ? said : { ...said, kind: 'mention', author: 'ben', title: 'Harbour' },
      )
    }
    policy.pushContent = 'full'
    expect(service.wrong).toEqual([])
    service.stop()
  })
})

await onBothDatabases((database) => {
  const at = serverFor({ database, settings }, async (server) => {
    const service = startPushService()
    const people = await cast(server)
    service.trust((await rest(server, people.ben).get('/push/key')).body.key)
    return { ...people, service }
  })

  // Nobody had subscribed when the server started, and the note of the other node was lost.
  test('a node that may have missed the first subscription asks whether there is one', async () => {
    const { server, ben, cleo, service } = at()
    const { sql } = server.tools
    const { endpoint, keys } = service.addDevice('missed')
    await sql.query(
      `insert into push_subscriptions (id, session_id, endpoint_hash, endpoint, p256dh, auth, created_at)
       select 'missed', id, 'missed', $2, $3, $4, now() from sessions where user_id = $1`,
      [cleo.id, endpoint, keys.p256dh, keys.auth],
    )
    const room = await makeRoom(server, ben, [cleo])
    await post(server, ben, room, 'Nobody knows')
    distrust(server.tools)
    await waitFor('a push', async () => {
      await post(server, ben, room, '@cleo')
      return service.of('missed').length > 0 || undefined
    })
  })

  // Pushes stopped first, and what was stored in the last second called nobody.
  test('what was stored right before the server stops still calls people', async () => {
    const { server, ben, cleo, service } = at()
    const room = await makeRoom(server, ben, [cleo])
    await post(server, ben, room, 'The last, @cleo')
    await server.restart()
    expect(service.of('missed').at(-1)).toMatchObject({ room, text: 'The last, @cleo' })
    service.stop()
  })
})

test('the key of a community stays the same, also after its encryption keys have changed', async () => {
  const keys = [makeKey(), makeKey()]
  const server = await startServer({ database: 'postgres', settings: { ENCRYPTION_KEY: keys[0]! } })
  const { ben } = await cast(server)
  const keyNow = async () => (await rest(server, await logIn(server, 'ben')).get('/push/key')).body.key
  const { key } = (await rest(server, ben).get('/push/key')).body
  expect(Buffer.from(key, 'base64url').length).toBe(65)
  await server.restart({ ENCRYPTION_KEY: `${keys[1]},${keys[0]}` })
  expect(await keyNow()).toBe(key)
  const [row] = await server.tools.sql.query<{ value: string }>(
    `select value from settings where name = 'push_key'`,
  )
  expect(row!.value).toStartWith(`1.${keys[1]!.split(':')[0]}.`)
  await server.stop()
})
