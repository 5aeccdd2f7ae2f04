import { describe, expect, test } from 'bun:test'
import { type Verified, verifyCommunity } from '../../src/operator/verify.ts'
import { slowQuery, valuesOf } from '../permissions/slow.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor, type TestServer } from '../support/server.ts'
import { listener, outcome } from './listener.ts'

const dayMs = 24 * 3_600_000

/** As if it were so many days ago. The clock goes on again, because time in a room only goes forward. */
async function daysAgo<Result>(
  server: TestServer,
  days: number,
  act: () => Promise<Result>,
): Promise<Result> {
  const { clock } = server.tools
  server.tools.clock = () => new Date(Date.now() - days * dayMs)
  try {
    return await act()
  } finally {
    server.tools.clock = clock
  }
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => {
    const people = await cast(server)
    // Access tokens from the future are refused, so that API tokens speak while the clock goes back.
    for (const person of Object.values(people)) {
      const scopes = ['read', 'write', 'rooms', ...(person.username === 'ada' ? ['admin'] : [])]
      const { body } = await rest(server, person).post('/tokens', { name: 'A script', scopes })
      person.token = body.token
    }
    return people
  })
  const logOf = async (person: Person, room: string): Promise<Frame[]> =>
    (await rest(at().server, person).get(`/rooms/${room}/log?limit=500`)).body.items
  const messagesOf = async (
    person: Person,
    room: string,
    query = '',
  ): Promise<{ seq: number; content: string }[]> =>
    (await rest(at().server, person).get(`/rooms/${room}/messages${query}`)).body.items
  const textsOf = async (person: Person, room: string) =>
    (await messagesOf(person, room)).map(({ content }) => content)
  const untilTexts = (person: Person, room: string, texts: string[]) =>
    waitFor(
      `only ${texts}`,
      async () => JSON.stringify(await textsOf(person, room)) === JSON.stringify(texts),
    )
  const keep = (person: Person, room: string, retention_days: number) =>
    rest(at().server, person).patch(`/rooms/${room}`, { retention_days })

  test('a limit that the owner takes back while old messages are looked for deletes nothing', async () => {
    const { server, ben, cleo } = at()
    const [room, other] = await daysAgo(server, 40, async () => {
      const rooms = [await makeRoom(server, ben, [cleo]), await makeRoom(server, ben, [cleo])]
      for (const room of rooms) await post(server, ben, room, 'Kept after all')
      return rooms as [string, string]
    })
    const [key] = await valuesOf(server.tools, room)
    expect((await keep(ben, room, 30)).body.retention_days).toBe(30)
    // The run has read the limit, and is about to look into the log.
    const listing = slowQuery(server.tools, key)
    await listing.begun
    listing.release()
    const looking = slowQuery(server.tools, key)
    await looking.begun
    expect((await keep(ben, room, 0)).status).toBe(200)
    looking.release()
    // Runs come one after another: once the next one has deleted something, that one is over.
    await keep(ben, other, 30)
    await untilTexts(cleo, other, [])
    expect(await textsOf(cleo, room)).toEqual(['Kept after all'])
  })

  test('what is older than the room keeps it goes, with its edits, reactions and pin; no number is missing', async () => {
    const { server, ben, cleo } = at()
    // Time never goes back in a room, so it is as old as its messages.
    const { room, old, pinned } = await daysAgo(server, 40, async () => {
      const room = await makeRoom(server, ben, [cleo])
      const old = await post(server, ben, room, 'First secret')
      await rest(server, ben).patch(`/rooms/${room}/messages/${old}`, { content: 'Second secret' })
      const pinned = await post(server, cleo, room, 'Pinned secret')
      await rest(server, ben).put(`/rooms/${room}/pins/${pinned}`)
      await rest(server, ben).put(`/rooms/${room}/messages/${pinned}/reactions/👍`)
      return { room, old, pinned }
    })
    const reply = await daysAgo(server, 5, async () => {
      const draft = { content: 'An answer', reply_to: old }
      return (await rest(server, cleo).post(`/rooms/${room}/messages`, draft)).body.seq as number
    })
    await post(server, ben, room, 'New')
    const before = await logOf(ben, room)
    const bens = await listener(server, ben, room)
    expect((await keep(ben, room, 30)).body.retention_days).toBe(30)
    await untilTexts(cleo, room, ['An answer', 'New'])

    const after = await logOf(ben, room)
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => index + 1))
    expect(after.length).toBe(before.length + 3)
    expect(JSON.stringify(after)).not.toContain('secret')
    const gone = after.filter(({ type }) => type === 'message.deleted')
    expect(gone.map(({ message, actor }) => [message.seq, message.expired, actor])).toEqual([
      [old, true, 'ben'],
      [pinned, true, 'cleo'],
    ])
    await waitFor('the events', async () => bens.heard('message.deleted').length === 2)
    const one = (await rest(server, ben).get(`/rooms/${room}/messages/${pinned}`)).body
    expect(one).toMatchObject({ content: '', deleted_at: expect.any(String), expired: true, reactions: [] })
    expect([one.pinned, one.edited_at]).toEqual([undefined, undefined])
    expect((await rest(server, ben).get(`/rooms/${room}/pins`)).body.items).toEqual([])
    expect((await rest(server, ben).get(`/rooms/${room}/messages/${reply}`)).body.reply_to).toBe(old)
    // History begins after them, from both sides.
    expect((await messagesOf(ben, room, '?after=0')).map(({ content }) => content)).toEqual([
      'An answer',
      'New',
    ])
    const first = (await rest(server, ben).get(`/rooms/${room}/messages?limit=2`)).body
    expect(first.next).toBeUndefined()

    const { sql } = server.tools
    const [row] = await sql.query<{ key: number }>('select key from rooms where id = $1', [room])
    const left = await sql.query<{ n: number }>(
      'select count(*)::int as n from log where room_key = $1 and body is not null',
      [row!.key],
    )
    expect(left[0]!.n).toBe(2)
    expect(await sql.query('select 1 from reactions where room_key = $1', [row!.key])).toEqual([])
    await bens.close()
  })

  test('the log is as `parley verify` wants it, before and after a restart', async () => {
    const { server, ben, cleo } = at()
    const room = await daysAgo(server, 40, async () => {
      const room = await makeRoom(server, ben, [cleo])
      for (let n = 0; n < 230; n++) await post(server, ben, room, `Old ${n}`)
      return room
    })
    await post(server, ben, room, 'New')
    await keep(ben, room, 7)
    await untilTexts(cleo, room, ['New'])
    const verified = async () => {
      const caller = { report() {}, write: async () => {}, signal: new AbortController().signal }
      const { ok, problems } = (await verifyCommunity(server.tools, {}, caller)).data as Verified
      return { ok, problems }
    }
    expect(await verified()).toEqual({ ok: true, problems: [] })
    await server.restart()
    await untilTexts(cleo, room, ['New'])
    expect(await verified()).toEqual({ ok: true, problems: [] })
  })

  test('a client that was away learns of it when it resumes', async () => {
    const { server, ben, cleo } = at()
    const room = await daysAgo(server, 40, async () => {
      const room = await makeRoom(server, ben, [cleo])
      await post(server, ben, room, 'Old')
      return room
    })
    const { body } = await rest(server, cleo).get(`/rooms/${room}`)
    await keep(ben, room, 1)
    await untilTexts(cleo, room, [])
    const socket = await listener(server, cleo)
    const since = { epoch: body.epoch, seq: body.head }
    const { data } = await socket.ask({ type: 'room.subscribe', room, since })
    expect(data.mode).toBe('replay')
    expect(data.events.map(({ type }: { type: string }) => type)).toEqual(['room.updated', 'message.deleted'])
    expect(data.events[0].changed).toEqual({ retention_days: 1 })
    expect(data.events[1].message).toMatchObject({ expired: true, content: '' })
    const fresh = await socket.ask({ type: 'room.subscribe', room, history: 10 })
    expect(fresh.data.messages).toEqual([])
    await socket.close()
  })

  test('only owners and administrators decide it, and it is in the audit log', async () => {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    expect(await outcome(keep(cleo, room, 1))).toBe('forbidden')
    for (const wrong of [-1, 1.5, 36_501, '7'])
      expect((await keep(ben, room, wrong as number)).status).toBe(422)
    expect((await keep(ben, room, 90)).body.retention_days).toBe(90)
    expect((await keep(ada, room, 0)).body.retention_days).toBeUndefined()
    const { items } = (await rest(server, ada).get('/audit?limit=20')).body
    const about = items.filter((act: { room?: string }) => act.room === room)
    expect(about.map(({ actor, detail }: never) => [actor, detail])).toEqual([
      ['ada', { fields: ['retention_days'], days: 0 }],
      ['ben', { fields: ['retention_days'], days: 90 }],
    ])
  })

  describe('MESSAGE_RETENTION_DAYS', () => {
    test('holds in every room, direct ones too, from the next start; a room can only have a shorter time', async () => {
      const { server, ada, ben, cleo } = at()
      const [open, archived, direct] = await daysAgo(server, 40, async () => {
        const open = await makeRoom(server, ben, [cleo])
        const archived = await makeRoom(server, ben, [cleo])
        const { body } = await rest(server, ben).post('/directs', { usernames: ['cleo'] })
        for (const room of [open, archived, body.id]) await post(server, ben, room, 'Old')
        return [open, archived, body.id as string] as const
      })
      await daysAgo(server, 20, async () => {
        for (const room of [open, archived, direct]) await post(server, cleo, room, 'Newer')
      })
      await rest(server, ben).patch(`/rooms/${archived}`, { archived: true })
      expect(await textsOf(ben, open)).toEqual(['Old', 'Newer'])

      await server.restart({ MESSAGE_RETENTION_DAYS: '30' })
      for (const room of [open, archived, direct]) await untilTexts(ben, room, ['Newer'])
      await waitFor('the audit log', async () => {
        const { items } = (await rest(server, ada).get('/audit?limit=5')).body
        return items.some(({ action }: { action: string }) => action === 'messages.expired')
      })
      expect(await fetch(`${server.url}/metrics`).then((answer) => answer.text())).toMatch(
        /parley_messages_expired_total\{.*\} [1-9]/,
      )
      const socket = await listener(server, ben)
      expect(socket.heard('hello')[0] ?? socket.all[0]).toMatchObject({ retention_days: 30 })
      await socket.close()
      const refused = (await keep(ben, open, 31)).body
      expect([refused.reason, refused.params]).toEqual(['retention_too_long', { most: 30 }])
      expect((await keep(ben, open, 30)).status).toBe(200)
      expect((await keep(ben, open, 10)).status).toBe(200)
      await untilTexts(ben, open, [])
      expect(await textsOf(ben, direct)).toEqual(['Newer'])
      expect(await outcome(keep(ben, direct, 1))).toBe('forbidden')
      await server.restart()
    })
  })

  // The error of one room ended the run, and all rooms behind it kept their messages for an hour more.
  test('a room that fails does not keep the others from it', async () => {
    const { server, ben, cleo } = at()
    const rooms = await daysAgo(server, 40, async () => {
      const rooms = [await makeRoom(server, ben, [cleo]), await makeRoom(server, ben, [cleo])]
      for (const room of rooms) await post(server, ben, room, 'Old')
      return rooms as [string, string]
    })
    const { sql } = server.tools
    const [{ key }] = (await sql.query('select key from rooms where id = $1', [rooms[0]])) as [
      { key: number },
    ]
    await sql.query(
      `create function refuse() returns trigger as $$ begin raise 'no'; end $$ language plpgsql`,
    )
    await sql.query(`create trigger refuse before update on log for each row when (new.room_key = ${key})
      execute function refuse()`)
    // Both in one run: the first fails.
    await sql.query('update rooms set retention_days = 30 where id = any($1)', [rooms])
    await server.restart()
    await untilTexts(ben, rooms[1], [])
    expect(await textsOf(ben, rooms[0])).toEqual(['Old'])
    await server.tools.sql.query('drop trigger refuse on log')
    await server.tools.sql.query('drop function refuse')
    await keep(ben, rooms[0], 29)
    await untilTexts(ben, rooms[0], [])
  })

  test('people talk on while many messages go, and nothing of theirs is lost', async () => {
    const { server, ben, cleo } = at()
    const many = 600
    const room = await daysAgo(server, 40, async () => {
      const room = await makeRoom(server, ben, [cleo])
      const socket = await listener(server, ben)
      for (let n = 0; n < many; n++) {
        socket.send({ type: 'message.send', room, content: `Old ${n}` })
        if (n % 50 === 0) await socket.ask({ type: 'ping' })
      }
      await socket.ask({ type: 'ping' })
      await socket.close()
      return room
    })
    expect((await rest(server, ben).get(`/rooms/${room}`)).body.head).toBeGreaterThan(many)
    const socket = await listener(server, cleo, room)
    await keep(ben, room, 7)
    const said: string[] = []
    while (socket.heard('message.deleted').length < many) {
      const content = `New ${said.length}`
      const { data } = await socket.ask({ type: 'message.send', room, content })
      expect(data.seq).toBeGreaterThan(many)
      said.push(content)
    }
    expect(said.length).toBeGreaterThan(3)
    const { items } = (await rest(server, cleo).get(`/rooms/${room}/messages?limit=100`)).body
    expect(items.map(({ content }: { content: string }) => content)).toEqual(said.slice(-100))
    await socket.close()
  })
})
