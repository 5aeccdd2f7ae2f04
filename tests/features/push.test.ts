import { expect, test } from 'bun:test'
import { pushAfterMs } from '../../src/protocol/limits.ts'
import { makeRoom, post, signUp } from '../support/cast.ts'
import { type Person, socketOf, waitFor } from '../support/client.ts'
import { onBothDatabases } from '../support/server.ts'
import { pushServerFor } from './push-devices.ts'

await onBothDatabases((database) => {
  const { at, api, deviceOf, texts, heard, settle } = pushServerFor(database)

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

  test('a keyword calls the person who has it, and nobody else', async () => {
    const { server, ben, cleo, dan } = at()
    const quietRoom = async () => {
      const room = await makeRoom(server, ben, [cleo, dan])
      for (const person of [cleo, dan])
        await api(person).put(`/rooms/${room}/notifications`, { level: 'mentions' })
      return room
    }
    await api(cleo).put('/users/me/keywords', { keywords: ['Tide', 'quay'] })
    const [hers, his] = [await deviceOf(cleo), await deviceOf(dan)]
    await post(server, ben, await quietRoom(), 'High tide')
    await heard(hers, 'High tide')
    await api(cleo).put('/users/me/keywords', { keywords: [] })
    // Each in a room of its own: in one room they would be one call, and later.
    await post(server, ben, await quietRoom(), 'Low tide')
    await post(server, ben, await quietRoom(), '@dan and @cleo')
    await heard(his, '@dan and @cleo')
    await heard(hers, '@dan and @cleo')
    await settle()
    expect([texts(hers), texts(his)]).toEqual([['High tide', '@dan and @cleo'], ['@dan and @cleo']])
    for (const [person, { id }] of [
      [cleo, hers],
      [dan, his],
    ] as const)
      await api(person).delete(`/push/subscriptions/${id}`)
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
    const sends: { room: string; content: string }[] = []
    for (const level of ['all', 'mentions', 'nothing']) {
      const room = await makeRoom(server, ben, [cleo])
      await api(cleo).put(`/rooms/${room}/notifications`, { level })
      for (const text of ['plain', '@cleo', '@room', '`@cleo`'])
        sends.push({ room, content: `${level}: ${text}` })
    }
    const direct = (await api(ben).post('/directs', { usernames: ['cleo'] })).body.id
    sends.push({ room: direct, content: 'directly' })
    // All at once, and with the pause of an operator's server: on a machine that stood still in between, some would be called for
    // before the others are there.
    const { policy } = server.tools
    const soonMs = policy.pushAfterMs
    policy.pushAfterMs = pushAfterMs
    const socket = await socketOf(server, ben)
    await Promise.all(sends.map((send) => socket.ask({ type: 'message.send', ...send })))
    await socket.close()
    await heard(device, 'directly')
    await settle()
    policy.pushAfterMs = soonMs
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

  test('nothing is sent about what was lost, read or deleted meanwhile', async () => {
    const { server, ada, ben, dan } = at()
    type Lose = (room: string, seq: number, person: Person) => Promise<unknown>
    const inRooms: Lose[] = [
      (room, seq, person) => api(person).put(`/rooms/${room}/read`, { seq }),
      (room, seq) => api(ben).delete(`/rooms/${room}/messages/${seq}`),
      (room, _, person) => api(ben).delete(`/rooms/${room}/members/${person.username}`),
      (room, _, person) => api(person).put(`/rooms/${room}/notifications`, { level: 'nothing' }),
      (room) => api(ben).delete(`/rooms/${room}`),
    ]
    const rounds: Record<string, Lose[]> = {
      'in their rooms': inRooms,
      blocked: [(_room, _seq, person) => api(person).put('/users/me/blocks/ben')],
      'signed out': [(_room, _seq, person) => api(person).post('/auth/logout', {})],
      banned: [(_room, _seq, person) => api(ada).put(`/users/${person.username}/ban`)],
    }
    const acts = await Promise.all(
      Object.entries(rounds).map(async ([round, losses], n) => {
        const person = await signUp(server, `loser-${n}`)
        const device = await deviceOf(person)
        const rooms = await Promise.all(losses.map(() => makeRoom(server, ben, [person])))
        return { round, losses, person, device, rooms }
      }),
    )
    const witness = await deviceOf(dan)
    const other = await makeRoom(server, ben, [dan])
    // Whom the messages call is asked after the losses.
    const { sql } = server.tools
    const { query } = sql
    const lost = Promise.withResolvers<void>()
    sql.query = async <Row>(text: string, params?: unknown[]) => {
      if (text.includes('push_subscriptions') && text.includes('mentions')) await lost.promise
      return query<Row>(text, params)
    }
    await post(server, ben, other, 'witness')
    for (const { losses, person, rooms } of acts)
      for (const [index, room] of rooms.entries())
        await losses[index]!(room, await post(server, ben, room, `@${person.username}`), person)
    sql.query = query
    lost.resolve()
    await heard(witness, 'witness')
    await settle()
    for (const { round, device } of acts) expect([round, texts(device)]).toEqual([round, []])
    await api(dan).delete(`/push/subscriptions/${witness.id}`)
  })

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
  })
})
