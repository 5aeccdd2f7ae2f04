import { expect, test } from 'bun:test'
import type { Tools } from '../../src/scope.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, rest, socketOf } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

/*
 * Somebody has the database and not the key. Texts were sealed, but the rest of the row was believed: which edit
 * counts, whether a message was deleted, when and by whom something was said.
 */

/** How often anything was noticed. */
const noticed = (tools: Tools): number =>
  [...tools.metrics.text().matchAll(/^parley_(?:log_breaks|decrypt_failures)_total\{.*\} (\d+)/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  /** Seq 3 pay, edited twice (7, 8); 4 question; 5 deleted (9); 6 pinned (10); 11 Cleo's; 12 an edit of 4. */
  async function scene() {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const api = rest(server, ben)
    for (const text of ['pay 100 to Bob', 'Shall we attack?', 'a secret', 'the rules'])
      await post(server, ben, room, text)
    await api.patch(`/rooms/${room}/messages/3`, { content: 'pay 5 to Bob' })
    await api.patch(`/rooms/${room}/messages/3`, { content: 'pay 7 to Bob' })
    const { sql } = server.tools
    const [found] = await sql.query<{ key: number }>('select key from rooms where id = $1', [room])
    const { key } = found!
    const rowOf = async (seq: number) =>
      (await sql.query('select * from log where room_key = $1 and seq = $2', [key, seq]))[0]!
    const secret = (await rowOf(5)).body as string
    await api.delete(`/rooms/${room}/messages/5`)
    await api.put(`/rooms/${room}/pins/6`)
    await post(server, cleo, room, 'Good morning')
    await api.patch(`/rooms/${room}/messages/4`, { content: 'YES' })
    const change = (set: string, seq: number, ...values: unknown[]) =>
      sql.query(`update log set ${set} where room_key = $1 and seq = $2`, [key, seq, ...values])
    const messages = async (): Promise<Record<number, string>> => {
      const { status, body } = await api.get(`/rooms/${room}/messages`)
      expect(status).toBe(200)
      return Object.fromEntries(
        body.items.map((m: Frame) => [
          m.seq,
          m.damaged ? `damaged${m.content}` : m.deleted_at ? 'deleted' : m.content,
        ]),
      )
    }
    const events = async () => (await api.get(`/rooms/${room}/log`)).body.items as Frame[]
    return { ...at(), room, key, sql, api, secret, rowOf, change, messages, events }
  }
  type Scene = Awaited<ReturnType<typeof scene>>

  const untouched = {
    3: 'pay 7 to Bob',
    4: 'YES',
    5: 'deleted',
    6: 'the rules',
    11: 'Good morning',
  }

  test('an untouched log is shown as it is, and nothing is reported', async () => {
    const { server, messages, events } = await scene()
    const before = noticed(server.tools)
    expect(await messages()).toEqual(untouched)
    expect((await events()).filter((event) => event.damaged || event.message?.damaged)).toEqual([])
    expect(noticed(server.tools)).toBe(before)
  })

  const attacks: [string, (scene: Scene) => Promise<unknown>, Record<number, string>][] = [
    ['the earlier edit is put back', ({ change }) => change('edited_seq = 7', 3), { 3: 'damaged' }],
    ['no edit counts any more', ({ change }) => change('edited_seq = null', 3), { 3: 'damaged' }],
    [
      'no edit counts any more, and the edits are removed',
      async ({ change, sql, key }) => {
        await change('edited_seq = null', 3)
        await sql.query('delete from log where room_key = $1 and target = 3', [key])
      },
      { 3: 'damaged' },
    ],
    [
      'the edits are removed',
      ({ sql, key }) => sql.query('delete from log where room_key = $1 and target = 3', [key]),
      { 3: 'damaged' },
    ],
    ['the edit of another message is grafted', ({ change }) => change('edited_seq = 8', 4), { 4: 'damaged' }],
    [
      'the edit of another message is moved to this one',
      async ({ change }) => {
        await change('target = 4', 8)
        await change('edited_seq = 8', 4)
      },
      { 3: 'damaged', 4: 'damaged' },
    ],
    [
      'two edits of one author are exchanged',
      async ({ change }) => {
        await change('edited_seq = 12', 3)
        await change('edited_seq = 8', 4)
      },
      { 3: 'damaged', 4: 'damaged' },
    ],
    ['an edit becomes a message', ({ change }) => change('kind = 1', 7), { 7: 'damaged' }],
    [
      'an edit becomes a message that answers nothing',
      ({ change }) => change('kind = 1, target = null, detail = null', 7),
      { 7: 'damaged' },
    ],
    [
      'a message was said three days before',
      ({ change }) => change(`at = at - interval '3 days'`, 11),
      { 11: 'damaged' },
    ],
    [
      'an edited message was said three days before',
      ({ change }) => change(`at = at - interval '3 days'`, 3),
      {},
    ],
    ['a message answers another', ({ change }) => change('reply_to = 4', 11), { 11: 'damaged' }],
    [
      'a message is somebody else’s',
      ({ change, ada }) => change('actor_id = $3', 11, ada.id),
      { 11: 'damaged' },
    ],
    [
      'a message is nobody’s',
      ({ change }) => change('actor_id = $3', 11, crypto.randomUUID()),
      { 11: 'damaged' },
    ],
    ['a message has another client_id', ({ change }) => change(`client_id = 'mine'`, 11), { 11: 'damaged' }],
    ['the text of a message is taken away', ({ change }) => change('body = null', 11), { 11: 'damaged' }],
    ['the text of an edit is taken away', ({ change }) => change('body = null', 8), { 3: 'damaged' }],
    [
      'a deleted message is there again',
      ({ change, secret }) => change('body = $3, deleted_at = null, standing = null', 5, secret),
      { 5: 'damaged' },
    ],
    ['a deleted message is only empty', ({ change }) => change('deleted_at = null', 5), { 5: 'damaged' }],
    [
      'the text of a deleted message is back',
      ({ change, secret }) => change('body = $3', 5, secret),
      { 5: 'damaged' },
    ],
    [
      'a deleted message was said by another',
      ({ change, cleo }) => change('actor_id = $3', 5, cleo.id),
      { 5: 'damaged' },
    ],
    [
      'a deleted message was said before',
      ({ change }) => change(`at = at - interval '3 days'`, 5),
      { 5: 'damaged' },
    ],
    [
      'a message is deleted that nobody deleted',
      ({ change }) => change('body = null, deleted_at = now()', 11),
      { 11: 'damaged' },
    ],
    [
      'a message is deleted at another time',
      ({ change }) => change('deleted_at = now()', 5),
      { 5: 'damaged' },
    ],
    [
      'a message is pinned that nobody pinned',
      ({ change }) => change('pinned_at = now()', 11),
      { 11: 'damaged' },
    ],
    ['a pin is gone that nobody removed', ({ change }) => change('pinned_at = null', 6), { 6: 'damaged' }],
    [
      'reactions are put into an edit, as they were stored once',
      ({ change }) => change(`detail = '{"reactions":[{"emoji":"👍","count":9}]}'`, 8),
      { 3: 'damaged' },
    ],
  ]
  for (const [what, attack, shown] of attacks) {
    test(`${what}: it is noticed, shown and counted`, async () => {
      const here = await scene()
      await attack(here)
      const before = noticed(here.server.tools)
      if (Object.keys(shown).length > 0) expect(await here.messages()).toEqual({ ...untouched, ...shown })
      await here.events()
      expect(noticed(here.server.tools)).toBeGreaterThan(before)
      // It does not stop the room.
      await post(here.server, here.ben, here.room, 'onward')
      expect(Object.values(await here.messages())).toContain('onward')
    })
  }

  const hidden: [string, (scene: Scene) => Promise<unknown>, number][] = [
    [
      'who left is somebody else',
      ({ change, dan }) => change(`detail = jsonb_set(detail, '{user}', to_jsonb($3::text))`, 2, dan.id),
      2,
    ],
    ['a role', ({ change }) => change(`detail = jsonb_set(detail, '{role}', '"owner"')`, 2), 2],
    ['the target of a pin', ({ change }) => change('target = 4', 10), 10],
    ['who deleted a message', ({ change, ada }) => change('actor_id = $3', 9, ada.id), 9],
    ['a link', ({ change }) => change('link = gen_random_uuid()', 10), 10],
    ['a link that is not there', ({ change }) => change('link = null', 10), 10],
  ]
  for (const [what, attack, seq] of hidden) {
    test(`of what is no message, ${what} is noticed in the log`, async () => {
      const here = await scene()
      await attack(here)
      const before = noticed(here.server.tools)
      const event = (await here.events()).find((each) => each.seq === seq)
      expect(event?.damaged ?? event?.message?.damaged).toBe(true)
      expect(noticed(here.server.tools)).toBeGreaterThan(before)
    })
  }

  test('an event of no kind, of no message or of no member is left out, and the page says so', async () => {
    const { change, api, room, server, ben } = await scene()
    for (const set of ['kind = 99', 'kind = 2, target = null', 'kind = 8, detail = null']) {
      await change(set, 11)
      const { status, body } = await api.get(`/rooms/${room}/log?since=9`)
      expect([set, status, body.damaged, body.items.map(({ seq }: Frame) => seq)]).toEqual([
        set,
        200,
        true,
        [10, 12],
      ])
    }
    await post(server, ben, room, 'onward')
  })

  test('a row of another room is found', async () => {
    const { sql, key, messages, server, ben } = await scene()
    const other = await makeRoom(server, ben)
    await post(server, ben, other, 'elsewhere')
    await sql.query('delete from log where room_key = $1 and seq = 11', [key])
    await sql.query(
      `update log set room_key = $1, seq = 11 where room_key = (select key from rooms where id = $2) and seq = 2`,
      [key, other],
    )
    expect((await messages())[11]).toBe('damaged')
  })

  test('a hole is noticed: a replay over it starts afresh, and the room goes on', async () => {
    const { sql, key, server, ben, room, api } = await scene()
    const socket = await socketOf(server, ben)
    const { data } = await socket.ask({ type: 'room.subscribe', room })
    await sql.query('delete from log where room_key = $1 and seq in (7, 8)', [key])
    const before = noticed(server.tools)
    expect((await api.get(`/rooms/${room}/log?since=4`)).body).toMatchObject({ damaged: true })
    expect(noticed(server.tools)).toBeGreaterThan(before)
    const late = await socketOf(server, ben)
    const reply = await late.ask({ type: 'room.subscribe', room, since: { epoch: data.epoch, seq: 2 } })
    expect(reply.data.mode).toBe('reset')
    await post(server, ben, room, 'onward')
    expect((await late.next('message.created')).message.content).toBe('onward')
    await socket.close()
    await late.close()
  })

  test('a log that was cut at its end under a running server keeps its numbers, and the cut is noticed', async () => {
    const { sql, key, server, ben, room, api } = await scene()
    await sql.query('delete from log where room_key = $1 and seq > 8', [key])
    const before = noticed(server.tools)
    // One of each way into the log.
    expect(await post(server, ben, room, 'onward')).toBe(13)
    const pinned = await api.put(`/rooms/${room}/pins/4`)
    expect(pinned.status).toBe(204)
    expect((await api.get(`/rooms/${room}/log`)).body).toMatchObject({ damaged: true, head: 14 })
    expect(noticed(server.tools)).toBeGreaterThan(before)
  })

  // The writer had not read the end yet, and believed what was left: numbers were given again, and clients that had seen the
  // old entries left the new ones out.
  test('so is the cut of a log that nobody has written to since the start', async () => {
    const { key, server, ben, room, api } = await scene()
    await server.restart()
    await server.tools.sql.query('delete from log where room_key = $1 and seq > 8', [key])
    const before = noticed(server.tools)
    expect(await post(server, ben, room, 'onward')).toBe(13)
    expect(noticed(server.tools)).toBeGreaterThan(before)
    expect((await api.get(`/rooms/${room}/log`)).body).toMatchObject({ damaged: true, head: 13 })
  })
})
