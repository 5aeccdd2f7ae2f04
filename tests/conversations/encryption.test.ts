import { describe, expect, test } from 'bun:test'
import { makeKey } from '../../src/crypto/keyring.ts'
import { createLog } from '../../src/log.ts'
import type { Tools } from '../../src/scope.ts'
import { cast, logIn, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf, tryUpgrade } from '../support/client.ts'
import { rejected } from '../support/rejected.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'

/** What the counter of texts that did not open stands at. */
async function failures(tools: Tools): Promise<number> {
  return Number(/^parley_decrypt_failures_total\{.*\} (\d+)/m.exec(tools.metrics.text())?.[1] ?? 0)
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  /** Two rooms with three messages each, and the means to do what a thief with the database can do. */
  async function scene() {
    const { server, ben, cleo } = at()
    const rooms = [await makeRoom(server, ben, [cleo]), await makeRoom(server, ben, [cleo])] as const
    for (const room of rooms)
      for (const text of ['one', 'two', 'three']) await post(server, ben, room, `${text} of ${room}`)
    await post(server, cleo, rooms[0], `four of ${rooms[0]}`)
    const { sql } = server.tools
    const where = `room_key = (select key from rooms where id = $1 and deleted_at is null) and seq = $2`
    const bodyOf = async (room: string, seq: number) =>
      (await sql.query<{ body: string }>(`select body from log where ${where}`, [room, seq]))[0]!.body
    const write = (room: string, seq: number, body: string) =>
      sql.query(`update log set body = $3 where ${where}`, [room, seq, body])
    const shown = async (room: string): Promise<Record<number, string>> => {
      const { status, body } = await rest(server, ben).get(`/rooms/${room}/messages`)
      expect(status).toBe(200)
      return Object.fromEntries(
        body.items.map((m: Frame) => [m.seq, m.damaged ? `damaged${m.content}` : m.content]),
      )
    }
    return { ...at(), rooms, bodyOf, write, shown }
  }

  test('two texts exchanged between rows are both shown as damaged, everything else as it was, and counted', async () => {
    const { server, rooms, bodyOf, write, shown } = await scene()
    const [room, other] = rooms
    for (const [one, two] of [
      [
        [room, 3],
        [room, 4],
      ],
      [
        [room, 5],
        [other, 5],
      ],
    ] as [[string, number], [string, number]][]) {
      const bodies = [await bodyOf(...one), await bodyOf(...two)] as const
      await write(...one, bodies[1])
      await write(...two, bodies[0])
    }
    const before = await failures(server.tools)
    expect(await shown(room)).toEqual({ 3: 'damaged', 4: 'damaged', 5: 'damaged', 6: `four of ${room}` })
    expect(await shown(other)).toEqual({ 3: `one of ${other}`, 4: `two of ${other}`, 5: 'damaged' })
    expect(await failures(server.tools)).toBe(before + 4)
  })

  test('every flipped bit is found', async () => {
    const { rooms, bodyOf, write, shown } = await scene()
    const [room] = rooms
    const body = await bodyOf(room, 3)
    const [version, key, sealed] = body.split('.') as [string, string, string]
    const bytes = Buffer.from(sealed, 'base64url')
    for (let n = 0; n < 24; n++) {
      const changed = Buffer.from(bytes)
      const place = Math.floor((n * bytes.length) / 24)
      changed[place] = changed[place]! ^ (1 << (n % 8))
      await write(room, 3, `${version}.${key}.${changed.toString('base64url')}`)
      expect([n, await shown(room)]).toMatchObject([n, { 3: 'damaged', 4: `two of ${room}` }])
    }
    for (const nonsense of [
      '',
      'x',
      '..',
      `${version}.${key}.`,
      `9.${key}.${sealed}`,
      `${version}.other.${sealed}`,
      `${body}A`,
      'one in the clear',
    ]) {
      await write(room, 3, nonsense)
      expect([nonsense, (await shown(room))[3]]).toEqual([nonsense, 'damaged'])
    }
    await write(room, 3, body)
    expect((await shown(room))[3]).toBe(`one of ${room}`)
  })

  test('an old text put back in the place of an edit is found', async () => {
    const { server, ben, rooms, bodyOf, write, shown } = await scene()
    const [room] = rooms
    await rest(server, ben).patch(`/rooms/${room}/messages/3`, { content: 'first edit' })
    await rest(server, ben).patch(`/rooms/${room}/messages/3`, { content: 'second edit' })
    const [first, second] = [await bodyOf(room, 7), await bodyOf(room, 8)]
    for (const old of [first, await bodyOf(room, 3)]) {
      await write(room, 8, old)
      expect((await shown(room))[3]).toBe('damaged')
    }
    await write(room, 8, second)
    expect((await shown(room))[3]).toBe('second edit')
  })

  test('of a deleted message no text is left in the database, not even sealed, nor of its edits', async () => {
    const { server, ben, rooms, bodyOf } = await scene()
    const [room] = rooms
    await rest(server, ben).patch(`/rooms/${room}/messages/3`, { content: 'first edit' })
    await rest(server, ben).patch(`/rooms/${room}/messages/3`, { content: 'second edit' })
    await rest(server, ben).delete(`/rooms/${room}/messages/3`)
    const texts: unknown[] = await Promise.all([3, 7, 8].map((seq) => bodyOf(room, seq)))
    expect(texts).toEqual([null, null, null])
    expect(await bodyOf(room, 4)).toStartWith('2.')
  })

  test('a damaged message blocks nothing: replay, the simple socket and new messages work', async () => {
    const { server, ben, cleo, rooms, bodyOf, write } = await scene()
    const [room] = rooms
    await write(room, 4, await bodyOf(room, 3))
    const socket = await socketOf(server, cleo, `/ws/${room}`)
    const ready = await socket.next('room.ready')
    expect(ready.messages.map(({ damaged }: Frame) => damaged)).toEqual([
      undefined,
      true,
      undefined,
      undefined,
    ])
    const { status, body } = await rest(server, ben).get(`/rooms/${room}/log`)
    expect([status, body.detail]).toEqual([200, undefined])
    expect(body.items.filter(({ message }: Frame) => message?.damaged)).toMatchObject([
      { seq: 4, message: { content: '' } },
    ])
    await post(server, ben, room, 'onward')
    expect((await socket.next('message.created')).message.content).toBe('onward')
    expect(
      (await rest(server, ben).patch(`/rooms/${room}/messages/4`, { content: 'written again' })).body,
    ).toMatchObject({ content: 'written again' })
    await socket.close()
  })
})

describe('the key', () => {
  test('of another database is refused at the start, with a sentence that says what to do', async () => {
    const server = await startServer()
    await cast(server)
    const refusal = await rejected(server.restart({ ENCRYPTION_KEY: makeKey() }))
    expect(String(refusal)).toMatch(/ENCRYPTION_KEY is not the key of this database/)
    await server.restart()
    await server.stop()
  })

  test('can be changed: texts sealed with the older key stay readable while it is listed', async () => {
    const [old, fresh] = [makeKey(), makeKey()]
    const server = await startServer({ settings: { ENCRYPTION_KEY: old } })
    const { ben } = await cast(server)
    const room = await makeRoom(server, ben)
    await post(server, ben, room, 'with the old key')
    await server.restart({ ENCRYPTION_KEY: `${fresh},${old}` })
    await post(server, ben, room, 'with the new key')
    const { body } = await rest(server, ben).get(`/rooms/${room}/messages`)
    expect(body.items.map(({ content }: Frame) => content)).toEqual(['with the old key', 'with the new key'])
    await server.stop()
  })
})

await onBothDatabases((database) => {
  test('no password, token or text is in the log at debug level, in the metrics, or readable in any table', async () => {
    const lines: string[] = []
    const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
    const server = await startServer({ database, log })
    const canary = (what: string) => `canary-${what}-${crypto.randomUUID()}`
    const texts = Object.fromEntries(
      ['sent', 'posted', 'edited', 'deleted', 'refused', 'failed', 'plain'].map((what) => [
        what,
        canary(what),
      ]),
    )
    const { ada, ben, cleo } = await cast(server)
    const password = canary('password')
    const made = await rest(server).post('/auth/signup', {
      username: 'erin',
      email: 'erin@example.org',
      password,
    })
    const erin: Person = { ...ada, token: made.body.access_token, refreshToken: made.body.refresh_token }
    const wrong = canary('wrong-password')
    await rest(server).post('/auth/login', { username: 'erin', password: wrong })
    await rest(server).post('/auth/login', { username: 'erin', password: [wrong] })
    await rest(server).post('/auth/login', `{"username":"erin","password":"${wrong}"`)

    const room = await makeRoom(server, ben, [cleo])
    const api = rest(server, ben)
    const socket = await socketOf(server, ben)
    await socket.ask({ type: 'room.subscribe', room })
    await socket.ask({ type: 'message.send', room, content: texts.sent, client_id: 'one' })
    await socket.ask({ type: 'message.send', room, content: texts.refused, client_id: 'one' })
    await socket.ask({ type: 'message.send', room: 'nowhere', content: texts.refused })
    await socket.ask({ type: 'message.send', room, content: texts.refused, surplus: texts.refused })
    await socket.ask({ type: 'session.renew', token: erin.token })
    await api.post(`/rooms/${room}/messages`, { content: texts.posted })
    await api.patch(`/rooms/${room}/messages/3`, { content: texts.edited })
    const gone = await api.post(`/rooms/${room}/messages`, { content: texts.deleted })
    await api.delete(`/rooms/${room}/messages/${gone.body.seq}`)
    const simple = await socketOf(server, cleo, `/ws/${room}`)
    simple.send(texts.plain!)
    await simple.next('message.created')

    const { ticket } = (await api.post('/auth/ticket')).body
    const unused = (await api.post('/auth/ticket')).body.ticket
    for (const shown of [
      `ticket=${ticket}`,
      `token=${cleo.token}`,
      'token=x',
      `ticket=${erin.refreshToken.slice(0, 99)}`,
    ]) {
      await tryUpgrade(server, `/ws?${shown}`)
      await api.get(`/ws?${shown}`)
      await api.get(`/nowhere?${shown}`)
    }
    const refreshed = (await rest(server).post('/auth/refresh', { refresh_token: erin.refreshToken })).body
    await rest(server).post('/auth/refresh', { refresh_token: `${erin.refreshToken}x` })
    const again = await logIn(server, 'cleo')
    await rest(server, again).post('/auth/logout')

    // Faults of ours log the most: with the tables away, everything fails in the deepest place.
    const { sql } = server.tools
    for (const table of ['log', 'users', 'sessions'])
      await sql.query(`alter table ${table} rename to ${table}_away`)
    await socket.ask({ type: 'message.send', room, content: texts.failed })
    expect((await api.post(`/rooms/${room}/messages`, { content: texts.failed })).status).toBe(500)
    await rest(server).post('/auth/signup', { username: 'frank', email: 'frank@example.org', password })
    await rest(server).post('/auth/login', { username: 'erin', password })
    await rest(server).post('/auth/refresh', { refresh_token: refreshed.refresh_token })
    for (const table of ['log', 'users', 'sessions'])
      await sql.query(`alter table ${table}_away rename to ${table}`)
    await socket.close()
    await simple.close()

    const secrets = {
      ...texts,
      password,
      wrong,
      castPassword: ben.password,
      ...{ ticket, unused, access: ben.token, erinAccess: erin.token, refresh: erin.refreshToken },
      ...{
        refreshed: refreshed.refresh_token,
        refreshedAccess: refreshed.access_token,
        again: again.refreshToken,
      },
      signature: ben.token.split('.')[2]!,
      argon: '$argon2id$',
    }
    const tables = await sql.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    )
    expect(tables.length).toBeGreaterThan(6)
    const dump: string[] = []
    for (const { name } of tables) {
      for (const { row } of await sql.query<{ row: string }>(`select t::text as row from ${name} t`))
        dump.push(`${name}: ${row}`)
    }
    const places = {
      log: lines.join(''),
      metrics: server.tools.metrics.text(),
      database: dump.join('\n'),
    }
    expect(lines.length).toBeGreaterThan(30)
    expect(places.log).toContain('"level":"debug"')
    expect(places.database).toContain('erin@example.org')
    for (const [what, secret] of Object.entries(secrets)) {
      for (const [where, text] of Object.entries(places)) {
        if (what === 'argon' && where === 'database') continue
        expect([what, where, text.includes(secret), text.includes(encodeURIComponent(secret))]).toEqual([
          what,
          where,
          false,
          false,
        ])
        const sealed = Buffer.from(secret)
        expect([
          what,
          where,
          text.includes(sealed.toString('hex')),
          text.includes(sealed.toString('base64').replace(/=+$/, '')),
        ]).toEqual([what, where, false, false])
      }
    }
    await server.stop()
  })
})
