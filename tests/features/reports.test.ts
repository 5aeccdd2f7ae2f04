// Longer than 300 lines: who may see a report is asked for each way to it.
import { describe, expect, test } from 'bun:test'
import type { Report } from '../../src/protocol/reports.ts'
import { slowQuery } from '../permissions/slow.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { sendFile } from '../support/files.ts'
import { indexed, sweepAtOnce } from '../support/indexed.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, listener, meet, outcome } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database, policy: sweepAtOnce }, cast)
  const report = (by: Person, room: string, seq: number, reason = 'Advertising') =>
    rest(at().server, by).post(`/rooms/${room}/messages/${seq}/report`, { reason })
  const listOf = async (
    person: Person,
    query = '',
  ): Promise<{ items: Report[]; open: number; next?: string }> =>
    (await rest(at().server, person).get(`/reports${query}`)).body
  const close = (by: Person, id: string, state = 'resolved') =>
    rest(at().server, by).patch(`/reports/${id}`, { state })
  const inRoom = async (person: Person, room: string) =>
    (await listOf(person)).items.filter((each) => each.room === room)

  test('moderators of the room and administrators see a report, with who reported it and why; nobody else does', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan], { title: 'Harbour', access: 'closed' })
    const seq = await post(server, cleo, room, 'Buy my boat!')
    const { status, body } = await report(dan, room, seq, ' Advertising ')
    expect([status, body]).toEqual([201, { id: expect.any(String) }])
    const expected = {
      ...{
        id: body.id,
        room,
        title: 'Harbour',
        seq,
        content: 'Buy my boat!',
        reason: 'Advertising',
        state: 'open',
      },
      author: { username: 'cleo', display_name: expect.any(String) },
      reporter: { username: 'dan', display_name: expect.any(String) },
      created_at: expect.any(String),
    }
    for (const person of [ben, ada]) expect(await inRoom(person, room)).toEqual([expected] as never)
    for (const person of [cleo, dan]) expect(await listOf(person)).toEqual({ items: [], open: 0 })
    expect(await outcome(close(cleo, body.id))).toBe('not_found')
    // Who loses the room loses its reports.
    const [ann] = (await meet(server, 'ann')) as [Person]
    expect((await listOf(ann)).items).toEqual([])
  })

  test('a direct message goes to administrators only, with this one text of the conversation', async () => {
    const { server, ada, ben, cleo } = at()
    const { body: direct } = await rest(server, ben).post('/directs', { usernames: ['cleo'] })
    await post(server, ben, direct.id, 'A secret of Ben')
    const seq = await post(server, cleo, direct.id, 'A threat')
    expect(await outcome(report(ben, direct.id, seq))).toBe('ok')
    const [found] = await inRoom(ada, direct.id)
    expect(found).toMatchObject({ direct: true, content: 'A threat', title: 'ben, cleo', seq })
    expect(JSON.stringify(found)).not.toContain('A secret of Ben')
    expect((await listOf(ben)).items.filter((each) => each.room === direct.id)).toEqual([])
    expect(await outcome(rest(server, ada).get(`/rooms/${direct.id}/messages`))).toBe('not_found')
  })

  test('a report names the files of the message, also after an edit, until it is deleted with them', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const { seq, files } = await sendFile(server, cleo, room, 'a list of prices', 'prices.txt')
    const named = [{ id: files[0].id, name: 'prices.txt', type: files[0].type, bytes: 16 }]
    expect(await outcome(report(ben, room, seq))).toBe('ok')
    expect(await inRoom(ada, room)).toMatchObject([{ seq, content: '', files: named }])
    // The report is about the last edit, whose entry has no files of its own.
    const message = `/rooms/${room}/messages/${seq}`
    expect(await outcome(rest(server, cleo).patch(message, { content: 'Buy!' }))).toBe('ok')
    expect(await outcome(report(dan, room, seq))).toBe('ok')
    expect((await inRoom(ben, room)).map(({ content, files }) => [content, files])).toEqual([
      ['Buy!', named],
      ['', named],
    ] as never)
    const other = await post(server, cleo, room, 'No files')
    expect(await outcome(report(ben, room, other))).toBe('ok')
    expect((await inRoom(ada, room))[0]).not.toHaveProperty('files')
    expect(await outcome(rest(server, cleo).delete(message))).toBe('ok')
    for (const found of (await inRoom(ben, room)).filter((each) => each.seq === seq)) {
      expect(found).toMatchObject({ content: '', deleted: true })
      expect(found).not.toHaveProperty('files')
    }
  })

  test('a person who is no administrator any more when the list comes from the database sees nothing of it', async () => {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const [ann] = (await meet(server, 'ann')) as [Person]
    const role = `/users/${ann.username}/roles/admin`
    expect(await outcome(rest(server, ada).put(role))).toBe('ok')
    const seq = await post(server, cleo, room, 'A threat')
    expect(await outcome(report(ben, room, seq))).toBe('ok')
    expect(await inRoom(ann, room)).toHaveLength(1)
    const { id } = (await rest(server, ann).get('/users/me')).body
    const slow = slowQuery(server.tools, id)
    const reading = listOf(ann)
    await slow.begun
    expect(await outcome(rest(server, ada).delete(role))).toBe('ok')
    slow.release()
    expect(await reading).toEqual({ items: [], open: 0 })
  })

  test('a person who owns a room for administrators, and is no administrator any more, sees no reports of it', async () => {
    const { server, ada } = at()
    const [ann, eve] = (await meet(server, 'ann', 'eve')) as [Person, Person]
    for (const { username } of [ann, eve])
      expect(await outcome(rest(server, ada).put(`/users/${username}/roles/admin`))).toBe('ok')
    const room = await makeRoom(server, ann, [ada, eve], { access: 'admins', id: `bridge-${database}` })
    const seq = await post(server, eve, room, 'A threat')
    expect(await outcome(report(ada, room, seq))).toBe('ok')
    expect(await inRoom(ann, room)).toHaveLength(1)
    expect(await outcome(rest(server, ada).delete(`/users/${ann.username}/roles/admin`))).toBe('ok')
    expect(await inRoom(ann, room)).toEqual([])
  })

  test('only members can report, once, and only what others wrote and what is there', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo])
    const seq = await post(server, cleo, room, 'Hello')
    const gone = await post(server, cleo, room, 'Gone')
    await rest(server, cleo).delete(`/rooms/${room}/messages/${gone}`)
    const refused = async (by: Person, which: number, reason?: string) => {
      const { status, body } = await report(by, room, which, reason)
      return [status, body.reason]
    }
    for (const outsider of [dan, ada]) expect(await refused(outsider, seq)).toEqual([403, 'not_a_member'])
    expect(await refused(cleo, seq)).toEqual([409, 'report_yourself'])
    expect(await refused(ben, 9999)).toEqual([404, 'message_not_found'])
    expect(await refused(ben, 1)).toEqual([404, 'message_not_found'])
    expect(await refused(ben, gone)).toEqual([410, 'message_deleted'])
    for (const blank of ['', ' \n ', '\u200b']) expect((await refused(ben, seq, blank))[0]).toBe(422)
    expect((await refused(ben, seq, 'x'.repeat(1001)))[0]).toBe(422)
    expect(await outcome(report(ben, room, seq))).toBe('ok')
    expect(await refused(ben, seq)).toEqual([409, 'already_reported'])
    // A silenced member may not write, but may report.
    const until = '2100-01-01T00:00:00.000Z'
    const another = await post(server, ben, room, 'Be quiet')
    await rest(server, ben).put(`/rooms/${room}/members/cleo/silence`, { until })
    expect(await outcome(report(cleo, room, another))).toBe('ok')
  })

  test('a text that was changed after a report was closed can be reported again', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const seq = await post(server, ben, room, 'Good morning')
    const change = (content: string) => rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content })
    const { id } = (await report(cleo, room, seq)).body
    await change('Buy my boat!')
    // It is still open, and shows what the message says now.
    expect((await report(cleo, room, seq)).body.reason).toBe('already_reported')
    const admin = rest(server, at().ada)
    expect((await admin.patch(`/reports/${id}`, { state: 'dismissed' })).status).toBeLessThan(300)
    const again = await report(cleo, room, seq, 'A boat after all')
    expect([again.status, again.body.id === id]).toEqual([201, false])
    const open = (await admin.get('/reports')).body.items
    expect(open.filter((each: { seq: number; room: string }) => each.room === room)).toMatchObject([
      { id: again.body.id, reason: 'A boat after all', content: 'Buy my boat!' },
    ])
    expect((await admin.patch(`/reports/${again.body.id}`, { state: 'dismissed' })).status).toBeLessThan(300)
    expect((await report(cleo, room, seq)).body.reason).toBe('already_reported')
  })

  test('nobody handles a report about their own message', async () => {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const seq = await post(server, ben, room, 'I own this room')
    const { body } = await report(cleo, room, seq)
    expect(await inRoom(ben, room)).toEqual([])
    expect(await outcome(close(ben, body.id))).toBe('not_found')
    expect(await inRoom(ada, room)).toHaveLength(1)
  })

  test('an edit after the report does not change what was reported; a deletion takes the text away', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const seq = await post(server, cleo, room, 'First')
    const message = `/rooms/${room}/messages/${seq}`
    await rest(server, cleo).patch(message, { content: 'Buy my boat!' })
    await report(dan, room, seq)
    await rest(server, cleo).patch(message, { content: 'What a nice day' })
    expect((await inRoom(ben, room))[0]).toMatchObject({ content: 'Buy my boat!' })
    await rest(server, cleo).delete(message)
    expect((await inRoom(ben, room))[0]).toMatchObject({ content: '', deleted: true })
  })

  test('moderators hear live how many reports are open for them, and others hear nothing', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const seq = await post(server, cleo, room, 'Buy my boat!')
    const sockets = await Promise.all([ada, ben, cleo, dan].map((person) => listener(server, person)))
    const before = { ada: (await listOf(ada)).open, ben: (await listOf(ben)).open }
    const { body } = await report(dan, room, seq)
    await report(ben, room, seq)
    const heard = () => sockets.map((socket) => socket.heard('reports.changed').map(({ open }) => open))
    const plus = (n: number) => [before.ada + n, before.ben + n]
    await Promise.all(sockets.map((socket) => socket.ask({ type: 'ping' })))
    expect(heard()).toEqual([[before.ada + 1, before.ada + 2], [before.ben + 1, before.ben + 2], [], []])
    // Closing one closes all about the same message.
    expect(await outcome(close(ben, body.id, 'dismissed'))).toBe('ok')
    await Promise.all(sockets.map((socket) => socket.ask({ type: 'ping' })))
    expect(heard().map((counts) => counts.at(-1))).toEqual([...plus(0), undefined, undefined])
    expect([(await listOf(ada)).open, (await listOf(ben)).open]).toEqual(plus(0))
    await closeAll(...sockets)
  })

  // The event came to their own socket too, with an unchanged number, so they knew.
  test('a moderator who is reported hears nothing of it, neither when it is made nor when it is closed', async () => {
    const { server, ada, ben, cleo } = at()
    const [mia] = (await meet(server, 'mia')) as [Person]
    const room = await makeRoom(server, ben, [mia, cleo])
    await rest(server, ben).put(`/rooms/${room}/members/${mia.username}`, { role: 'moderator' })
    const seq = await post(server, mia, room, 'A threat')
    const [mias, bens] = [await listener(server, mia), await listener(server, ben)]
    const { body } = await report(cleo, room, seq)
    expect(await outcome(close(ada, body.id))).toBe('ok')
    for (const socket of [mias, bens]) await socket.ask({ type: 'ping' })
    expect(bens.heard('reports.changed')).toHaveLength(2)
    expect(mias.heard('reports.changed')).toEqual([])
    await closeAll(mias, bens)
  })

  // Both found it open. The second update found nothing to close, and its moderator heard of a conflict where there was none.
  test('two who close it alike at the same time both succeed; of two who do not agree, one does', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const race = async (...states: string[]) => {
      const { body } = await report(dan, room, await post(server, cleo, room, 'Buy my boat!'))
      const { sql } = server.tools
      const begun = Promise.withResolvers<void>()
      const waiting = Promise.withResolvers<void>()
      const lock = sql.transaction(async ({ query }) => {
        await query('select 1 from reports where id = $1 for update', [body.id])
        begun.resolve()
        await waiting.promise
      })
      await begun.promise
      const closing = [ada, ben].map((by, index) => close(by, body.id, states[index]))
      // On Postgres both have found it open, and wait for the row. The embedded database runs one after the other.
      if (database === 'postgres')
        await waitFor('both', async () => {
          const [found] = await sql.query<{ count: number }>(
            `select count(*)::int as count from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock' and query like 'update "reports"%'`,
          )
          return found!.count === 2
        })
      waiting.resolve()
      await lock
      return (await Promise.all(closing)).map(({ status }) => status).toSorted()
    }
    expect(await race('resolved', 'resolved')).toEqual([200, 200])
    expect(await race('resolved', 'dismissed')).toEqual([200, 409])
    const acts = (await rest(server, ada).get('/audit?limit=20')).body.items
    expect(acts.filter((act: { room?: string }) => act.room === room)).toHaveLength(2)
  })

  test('a page of the list takes as many statements as one report', async () => {
    const { server, ben, cleo, dan } = at()
    const { sql } = server.tools
    const { query } = sql
    const room = await makeRoom(server, ben, [cleo, dan])
    const countOf = async (limit: number) => {
      let statements = 0
      sql.query = (text: string, params?: unknown[]) => {
        statements++
        return query(text, params)
      }
      const { items } = await listOf(ben, `?limit=${limit}`)
      sql.query = query
      expect(items).toHaveLength(limit)
      return statements
    }
    for (let n = 0; n < 8; n++) await report(dan, room, await post(server, cleo, room, `Offer ${n}`))
    await listOf(ben)
    // Whose statements are counted too, as are others that the server makes by itself: once there are none of them.
    await indexed(server)
    await waitFor(
      'as many statements for eight as for one',
      async () => (await countOf(8)) === (await countOf(1)),
    )
  })

  test('a report is closed once, by whom and how is shown, and it is in the audit log', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    const seq = await post(server, cleo, room, 'Buy my boat!')
    const { body } = await report(dan, room, seq)
    const closed = await close(ben, body.id)
    expect(closed.body).toMatchObject({
      ...{ id: body.id, state: 'resolved', closed_by: { username: 'ben' } },
      closed_at: expect.any(String),
    })
    expect(await outcome(close(ada, body.id))).toBe('ok')
    expect((await close(ada, body.id, 'dismissed')).body).toMatchObject({
      code: 'conflict',
      reason: 'report_closed',
    })
    expect(await inRoom(ben, room)).toEqual([])
    const { items } = await listOf(ben, '?state=closed')
    expect(items.find(({ id }) => id === body.id)).toMatchObject({
      state: 'resolved',
      closed_by: { username: 'ben' },
    })
    const acts = (await rest(server, ada).get('/audit?limit=20')).body.items
    const about = acts.filter((act: { room?: string }) => act.room === room)
    expect(about.map(({ actor, action, subject }: never) => [actor, action, subject])).toEqual([
      ['ben', 'report.resolved', 'cleo'],
    ])
  })

  test('the list has pages, newest first', async () => {
    const { server, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo, dan])
    for (let n = 0; n < 5; n++) await report(dan, room, await post(server, cleo, room, `Offer ${n}`))
    const seen: string[] = []
    let next: string | undefined
    do {
      const page = await listOf(ben, `?limit=2${next === undefined ? '' : `&before=${next}`}`)
      expect(page.items.length).toBeLessThanOrEqual(2)
      seen.push(...page.items.filter((each) => each.room === room).map(({ content }) => content))
      next = page.next
    } while (next !== undefined)
    expect(seen).toEqual(['Offer 4', 'Offer 3', 'Offer 2', 'Offer 1', 'Offer 0'])
    for (const query of ['?state=all', '?limit=0', '?limit=101', '?after=x'])
      expect([query, (await rest(server, ben).get(`/reports${query}`)).status]).toEqual([query, 422])
  })

  describe('what an API token may do', () => {
    test('an administrator without the scope `admin` handles what a moderator would', async () => {
      const { server, ada, ben, cleo } = at()
      const { body: direct } = await rest(server, ben).post('/directs', { usernames: ['cleo'] })
      await report(ben, direct.id, await post(server, cleo, direct.id, 'A threat'))
      const token = async (...scopes: string[]) => {
        const { body } = await rest(server, ada).post('/tokens', { name: 'A script', scopes })
        return { ...ada, token: body.token as string }
      }
      expect((await inRoom(await token('read', 'admin'), direct.id)).length).toBeGreaterThan(0)
      expect(await inRoom(await token('read'), direct.id)).toEqual([])
    })
  })

  test('after an erasure the report stays, without the words and the name of the person', async () => {
    const { server, ben, cleo } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    const room = await makeRoom(server, ben, [cleo, eve])
    const seq = await post(server, cleo, room, 'Buy my boat!')
    await report(eve, room, seq, `From ${eve.username}`)
    const hers = await post(server, eve, room, 'Hello')
    await report(ben, room, hers, 'A robot?')
    expect((await rest(server, eve).call('DELETE', '/users/me', {})).status).toBe(204)
    const found = await inRoom(ben, room)
    expect(found).toMatchObject([
      { author: { username: 'deleted-user' }, content: 'Hello', reason: 'A robot?' },
      { reporter: { username: 'deleted-user' }, reason: '' },
    ])
    expect(JSON.stringify(found)).not.toContain(eve.username)
  })
})
