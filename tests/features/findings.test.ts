import { afterEach, expect, test } from 'bun:test'
import { operate } from '../../src/operator/operator.ts'
import type { Findings } from '../../src/protocol/findings.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'
import { alter } from '../support/stopped.ts'

/*
 * What the server noticed of a changed database was only in its log, its metrics and `parley verify`: the people who run the
 * community in the page did not learn of it.
 */

await onBothDatabases((database) => {
  let server: TestServer | undefined
  afterEach(async () => {
    await server?.stop()
    server = undefined
  })

  /** Ben's closed room with the messages 3 to 6, and what Ada gets. */
  async function scene() {
    const here = await startServer({ database })
    server = here
    const people = await cast(here)
    const room = await makeRoom(here, people.ben, [people.cleo], { access: 'closed', title: 'The quay' })
    for (const text of ['one', 'two', 'three', 'four']) await post(here, people.ben, room, text)
    const { sql } = here.tools
    const [found] = await sql.query<{ key: number }>('select key from rooms where id = $1', [room])
    const findings = async () => {
      const { status, body } = await rest(here, people.ada).get('/findings')
      expect(status).toBe(200)
      return body as Findings
    }
    return { ...people, here, room, key: found!.key, findings }
  }

  const caller = { report() {}, write: async () => {}, signal: new AbortController().signal }
  const place = (room: string, seq: number) => ({ room, title: 'The quay', seq })
  const dated = { at: expect.stringMatching(/^\d{4}-.*Z$/) }

  test('what a reader came across is shown to administrators, also after a restart, until the operator accepts it', async () => {
    const { here, ben, room, key, findings } = await scene()
    expect(await findings()).toEqual({ items: [], total: 0 })
    await here.tools.sql.query('update log set reply_to = 3 where room_key = $1 and seq = 5', [key])
    await here.tools.sql.query('delete from log where room_key = $1 and seq = 4', [key])
    await rest(here, ben).get(`/rooms/${room}/log`)
    await rest(here, ben).get(`/rooms/${room}/log`)
    const holed = { what: 'hole' as const, by: 'reading' as const, ...place(room, 4), ...dated }
    const { items, total } = await findings()
    expect(items).toContainEqual(holed)
    expect(total).toBe(items.length)
    expect(new Set(items.map(({ what, seq }) => `${what} ${seq}`)).size).toBe(items.length)
    expect((await rest(here, ben).get('/findings')).status).toBe(403)

    await here.restart()
    expect((await findings()).items).toContainEqual(holed)
    await operate(here.tools, 'verify.accept', {}, caller)
    expect(await findings()).toEqual({ items: [], total: 0 })
    await here.restart()
    expect(await findings()).toEqual({ items: [], total: 0 })
  })

  test('what `parley verify` found is shown, and when it looked; nobody can make it say that all is well', async () => {
    const { here, room, key, findings } = await scene()
    const { sql } = here.tools
    await operate(here.tools, 'verify', {}, caller)
    const { verified } = await findings()
    expect(verified).toEqual({ ...dated, events: expect.any(Number) })
    await sql.query(`update log set at = at - interval '1 day' where room_key = $1 and seq = 2`, [key])
    expect((await findings()).total).toBe(0)
    await operate(here.tools, 'verify', {}, caller)
    const found = { ...dated, what: 'changed', by: 'verify', ...place(room, 2) }
    expect(await findings()).toMatchObject({ items: [found], total: 1 })
    await here.restart()
    expect(await findings()).toMatchObject({ items: [found], total: 1 })
    await here.tools.sql.query(
      `update settings set value = jsonb_set(value, '{text}', $1::jsonb) where name = 'verified'`,
      [JSON.stringify(JSON.stringify({ at: '2030-01-01T00:00:00.000Z', events: 7, found: 0, problems: [] }))],
    )
    expect(await findings()).toEqual({ items: [], total: 0 })
  })

  test('what a start noticed is shown: an end that was cut while the server was stopped', async () => {
    const { here, room, key, findings } = await scene()
    await here.restart({}, () => alter(here, 'delete from log where room_key = $1 and seq > 5', [key]))
    expect(await findings()).toEqual({
      items: expect.arrayContaining([
        { ...dated, what: 'older', by: 'start' },
        { ...dated, what: 'cut', by: 'start', ...place(room, 6) },
      ]),
      total: 2,
    })
  })

  test('a direct room is named by its id only', async () => {
    const { here, ben, cleo, findings } = await scene()
    const { body } = await rest(here, ben).call('POST', '/directs', { usernames: [cleo.username] })
    for (const text of ['one', 'two']) await post(here, ben, body.id, text)
    await here.tools.sql.query(
      'delete from log where seq = 1 and room_key = (select key from rooms where id = $1)',
      [body.id],
    )
    await operate(here.tools, 'verify', {}, caller)
    expect((await findings()).items).toContainEqual({
      ...dated,
      what: 'hole',
      by: 'verify',
      room: body.id,
      direct: true,
      seq: expect.any(Number),
    })
  })
})
