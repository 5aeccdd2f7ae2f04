import { expect, test } from 'bun:test'
import { rotateKeys } from '../../src/operator/rotate.ts'
import { rebuildIndex } from '../../src/operator/search.ts'
import { cast, makeRoom, post, postMany } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { indexed, sweepAtOnce } from '../support/indexed.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'

const caller = { report() {}, write: async () => {}, signal: new AbortController().signal }

const count = async (server: TestServer, person: Person, q: string): Promise<number> =>
  (await rest(server, person).get(`/search?${new URLSearchParams({ q, limit: '100' })}`)).body.items.length

await onBothDatabases((database) => {
  test('a server fills in what was said before it had an index, or without it, and goes on where it was', async () => {
    const server = await startServer({ database, policy: sweepAtOnce, settings: { SEARCH: 'off' } })
    const { ben } = await cast(server)
    const room = await makeRoom(server, ben)
    // More than what is looked at forwards.
    await postMany(
      server,
      [ben],
      room,
      Array.from({ length: 700 }, (_, n) => `pelican number ${n}`),
    )
    expect((await rest(server, ben).get('/search?q=pelican')).body.reason).toBe('search_off')
    expect(await server.tools.sql.query('select 1 from search_positions')).toEqual([])

    await server.restart({ SEARCH: 'on' })
    await indexed(server)
    expect(await count(server, ben, 'pelican "number 3"')).toBe(1)
    expect(await count(server, ben, 'pelican "number 699"')).toBe(1)
    const countWords = () =>
      server.tools.sql.query<{ words: number }>('select count(*)::int as words from search_words')
    const words = await countWords()
    expect(words[0]!.words).toBeGreaterThanOrEqual(700)

    // As after a crash in the middle, and after a restore of the database to an older state.
    const { sql } = server.tools
    await sql.query('update search_positions set seq = 650, filling = 20 where seq > 650')
    await sql.query('delete from search_words where seq > 650 or seq <= 20')
    await server.restart({ SEARCH: 'on' })
    await indexed(server)
    expect(await countWords()).toEqual(words)

    await server.restart({ SEARCH: 'off' })
    while ((await server.tools.sql.query('select 1 from search_words limit 1')).length > 0)
      await Bun.sleep(20)
    await server.stop()
  })

  test('a rotation of keys, and a rebuild, hash every word again, and everything stays found', async () => {
    const server = await startServer({ database, policy: sweepAtOnce })
    const { ben } = await cast(server)
    const room = await makeRoom(server, ben)
    for (const text of ['puffin one', 'puffin two', 'gone']) await post(server, ben, room, text)
    await indexed(server)
    const { sql, policy } = server.tools
    const read = () =>
      sql.query<{ seq: number; terms: number[] }>(
        'select seq, terms from search_words join rooms on rooms.key = room_key where id = $1 order by seq',
        [room],
      )
    const before = await read()
    // The server holds its own keys, unless they come from a setting.
    let stored = policy.keyring
    policy.storeKeyring ??= (next) => {
      stored = next
    }
    await rotateKeys(server.tools, {}, caller)
    expect(policy.keyring.older).toEqual([])
    expect(stored).toBe(policy.keyring)
    expect(await count(server, ben, 'puffin')).toBe(2)
    const after = await read()
    expect(after.map(({ seq }) => seq)).toEqual(before.map(({ seq }) => seq))
    const common = after.flatMap(({ terms }, n) => terms.filter((term) => before[n]!.terms.includes(term)))
    expect(common).toEqual([])

    // Somebody removed words and left others without a message: a rebuild repairs both.
    await sql.query(`delete from search_words where seq = ${before.at(-1)!.seq}`)
    await sql.query(
      `insert into search_words select room_key, 100000, at, terms from search_words where seq = ${before[0]!.seq} limit 1`,
    )
    await rebuildIndex(server.tools, {}, caller)
    expect(await read()).toEqual(after)
    expect(await count(server, ben, 'gone')).toBe(1)
    await server.stop()
  })

  test('what a node has just sent is looked at without being read again, many rooms with one statement', async () => {
    const server = await startServer({ database, policy: sweepAtOnce })
    const { ben } = await cast(server)
    const rooms = await Promise.all(Array.from({ length: 20 }, () => makeRoom(server, ben)))
    await Promise.all(rooms.map((room) => post(server, ben, room, 'before')))
    await indexed(server)
    const { sql } = server.tools
    const { query } = sql
    const asked: string[] = []
    sql.query = (text, params) => {
      asked.push(text)
      return query(text, params)
    }
    const seqs = await Promise.all(rooms.map((room) => post(server, ben, room, 'the guillemot dives')))
    const ofIndex = () => asked.filter((text) => text.includes('search_words'))
    await waitFor('an index', async () => ofIndex().length > 0)
    await indexed(server)
    expect(
      asked.filter(
        (text) => /left join log edited|cross join lateral/.test(text) && text.includes('log.seq'),
      ),
    ).toEqual([])
    expect(ofIndex().length).toBeLessThan(10)
    expect(await count(server, ben, 'guillemot dives')).toBe(20)

    // What was changed before the index has it is read as it is now, and what somebody else has done too.
    const [room] = rooms as [string]
    const edited = await post(server, ben, room, 'shearwater')
    await rest(server, ben).patch(`/rooms/${room}/messages/${edited}`, { content: 'petrel' })
    const gone = await post(server, ben, room, 'shearwater')
    await rest(server, ben).delete(`/rooms/${room}/messages/${gone}`)
    await sql.query(
      'update search_positions set seq = seq - 1 from rooms where rooms.key = room_key and rooms.id = $1',
      [room],
    )
    await rest(server, ben).put(`/rooms/${room}/pins/${seqs[0]}`)
    await post(server, ben, room, 'skua')
    await indexed(server)
    for (const [q, found] of [
      ['petrel', 1],
      ['shearwater', 0],
      ['skua', 1],
      ['guillemot is:pinned', 1],
    ] as const)
      expect([q, await count(server, ben, q)]).toEqual([q, found])
    await server.stop()
  })

  test('a message is found soon after it was sent, without anybody asking for it', async () => {
    const server = await startServer({ database })
    const { ben } = await cast(server)
    const room = await makeRoom(server, ben)
    await indexed(server)
    await post(server, ben, room, 'razorbill')
    while ((await count(server, ben, 'razorbill')) === 0) await Bun.sleep(10)
    const text = await (await fetch(`${server.url}/metrics`)).text()
    for (const name of [
      'search_lag_seconds',
      'search_filling_entries',
      'search_messages_indexed_total',
      'search_seconds_count',
    ])
      expect(text).toMatch(new RegExp(`^parley_${name}\\{`, 'm'))
    await server.stop()
  })
})
