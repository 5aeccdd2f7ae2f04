import { describe, expect, test } from 'bun:test'
import { createClient } from '../../src/sdk/client.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, waitFor } from '../support/client.ts'
import { filesWith, placeInWal } from '../support/database-files.ts'
import { type Client, clientOver, eachDoor } from '../support/doors.ts'
import { upload } from '../support/files.ts'
import { indexed, sweepAtOnce } from '../support/indexed.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { unknownTimes } from '../support/times.ts'
import { cases } from '../text/search/cases.ts'

type Found = { message: { room: string; seq: number; content: string }; matches: [number, number][] }
type Query = Record<string, string | number>

await onBothDatabases((database) => {
  const at = serverFor({ database, policy: sweepAtOnce }, cast)

  const seqsOf = async (client: Pick<Client, 'search'>, query: Query): Promise<number[]> => {
    const { data, code, reason } = await client.search(query)
    expect([code, reason]).toEqual([undefined, undefined])
    return (data!.items as Found[]).map(({ message }) => message.seq)
  }
  const search = async (person: Person, query: Query): Promise<Found[]> => {
    const { body } = await rest(at().server, person).get(`/search?${new URLSearchParams(query as never)}`)
    return body.items
  }

  test('every text of the table is found by its words, and marked', async () => {
    const { server, ben } = at()
    const rows = Object.values(cases).flat()
    const room = await makeRoom(server, ben)
    const seqs = new Map<number, number>()
    for (const [index, [, text]] of rows.entries()) seqs.set(index, await post(server, ben, room, text))
    await indexed(server)
    const wrong: unknown[] = []
    for (const [index, [query, text, ...marked]] of rows.entries()) {
      const items = await search(ben, { q: query, in: room, limit: 100 })
      const found = items.find(({ message }) => message.seq === seqs.get(index))
      const marks = found?.matches.map(([start, end]) => text.slice(start, end)) ?? []
      if (JSON.stringify(marks) !== JSON.stringify(marked)) wrong.push({ query, text, marked, marks })
    }
    expect(wrong).toEqual([])
  })

  describe.each(eachDoor)('over %s', (door) => {
    test('the newest come first, in pages, from all rooms of the person or from one', async () => {
      const { server, ben, cleo } = at()
      const [one, other] = [await makeRoom(server, ben, [cleo]), await makeRoom(server, ben, [cleo])]
      const word = `pages${door}`
      const sent: { room: string; seq: number }[] = []
      for (let n = 0; n < 7; n++) {
        const room = n % 2 ? one : other
        sent.push({ room, seq: await post(server, n % 3 ? ben : cleo, room, `${word} number ${n}`) })
        // What two rooms get in one millisecond has no order in time.
        const sentAt = Date.now()
        await waitFor('another millisecond', () => Date.now() > sentAt)
      }
      await indexed(server)
      const cleos = await clientOver(door, server, cleo)
      const found: { room: string; seq: number }[] = []
      let cursor: string | undefined
      do {
        const { data } = await cleos.search({ q: word, limit: 3, ...(cursor ? { cursor } : {}) })
        for (const { message } of data!.items as Found[]) found.push({ room: message.room, seq: message.seq })
        cursor = data!.next
      } while (cursor)
      expect(found).toEqual(sent.toReversed())
      expect(await seqsOf(cleos, { q: word, in: one })).toHaveLength(3)
      expect(await seqsOf(cleos, { q: `${word} in:${one}` })).toHaveLength(3)
      expect(await seqsOf(cleos, { q: `${word} from:me` })).toHaveLength(3)
      expect(await seqsOf(cleos, { q: word, from: 'ben' })).toHaveLength(4)
      expect(await seqsOf(cleos, { q: `${word} is:mine from:ben` })).toHaveLength(7)
      expect(await seqsOf(cleos, { q: `${word} number 4` })).toHaveLength(1)
      expect(await seqsOf(cleos, { q: `${word} -4 -"number 5"` })).toHaveLength(5)
      expect(await seqsOf(cleos, { q: word, before: '2020' })).toEqual([])
      expect(await seqsOf(cleos, { q: word, after: '2020', before: '2999-01-01' })).toHaveLength(7)
      await cleos.close()
    })

    test('links, pins and files are filters', async () => {
      const { server, ben } = at()
      const room = await makeRoom(server, ben)
      const link = await post(server, ben, room, 'See https://example.org')
      const pin = await post(server, ben, room, 'Look here')
      await rest(server, ben).put(`/rooms/${room}/pins/${pin}`)
      await indexed(server)
      const bens = await clientOver(door, server, ben)
      expect(await seqsOf(bens, { in: room, has: 'link' })).toEqual([link])
      expect(await seqsOf(bens, { q: `in:${room} is:pinned` })).toEqual([pin])
      await rest(server, ben).delete(`/rooms/${room}/pins/${pin}`)
      await indexed(server)
      expect(await seqsOf(bens, { q: 'has:pin', in: room })).toEqual([])
      const { body: file } = await upload(server, ben, room, 'knots')
      const { body: sent } = await rest(server, ben).post(`/rooms/${room}/messages`, {
        content: '',
        files: [file.id],
      })
      await indexed(server)
      expect(await seqsOf(bens, { q: 'has:file', in: room })).toEqual([sent.seq])
      await bens.close()
    })

    test('what cannot be read is refused with a reason', async () => {
      const { server, ben, dan } = at()
      const closed = await makeRoom(server, ben, [], { access: 'closed' })
      const open = await makeRoom(server, ben)
      const dans = await clientOver(door, server, dan)
      const reasonOf = async (query: Query) => {
        const { code, reason, errors } = await dans.search(query)
        return [code, (errors as { reason: string }[] | undefined)?.[0]?.reason ?? reason]
      }
      expect(await reasonOf({})).toEqual(['invalid', 'search_empty'])
      expect(await reasonOf({ q: ' - "" ?! ' })).toEqual(['invalid', 'search_empty'])
      expect(await reasonOf({ q: '-fog' })).toEqual(['invalid', 'search_empty'])
      expect(await reasonOf({ q: 'word '.repeat(100) })).toEqual(['invalid', 'search_words'])
      expect(await reasonOf({ q: 'word '.repeat(1000) })).toEqual(['invalid', 'too_long'])
      expect(await reasonOf({ q: 'before:noon' })).toEqual(['invalid', 'search_filter'])
      expect(await reasonOf({ q: 'word', after: '2026-02-31' })).toEqual(['invalid', 'search_filter'])
      // This was a time of the year 10000, which no Postgres stores, and an internal error.
      for (const time of unknownTimes)
        expect(await reasonOf({ q: 'word', before: time })).toEqual(['invalid', 'search_filter'])
      expect(await reasonOf({ q: 'has:everything' })).toEqual(['invalid', 'search_filter'])
      expect(await reasonOf({ q: 'word', from: 'nobody-there' })).toEqual(['not_found', 'user_not_found'])
      expect(await reasonOf({ q: `word in:${closed}` })).toEqual(['not_found', 'room_not_found'])
      expect(await reasonOf({ q: 'word', in: open })).toEqual(['forbidden', 'not_a_member'])
      expect(await reasonOf({ q: 'word', cursor: '1.c.AAAA' })).toEqual(['invalid', 'cursor_wrong'])
      expect(await reasonOf({ q: 'word', limit: 1000 })).toEqual(['invalid', 'not_in_range'])
      expect(await reasonOf({ q: 'word', sort: 'best' })).toEqual(['invalid', 'unknown_field'])
      await dans.close()
    })
  })

  test('an edit is found by its new words only, and a deleted text by none', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    const seq = await post(server, ben, room, 'albatross')
    await indexed(server)
    const found = async (q: string) => (await search(ben, { q, in: room })).map(({ message }) => message.seq)
    expect(await found('albatross')).toEqual([seq])
    await rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content: 'cormorant' })
    // The old words are not found from the moment of the edit.
    expect(await found('albatross')).toEqual([])
    await indexed(server)
    expect([await found('albatross'), await found('cormorant')]).toEqual([[], [seq]])
    await rest(server, ben).delete(`/rooms/${room}/messages/${seq}`)
    expect(await found('cormorant')).toEqual([])
    await indexed(server)
    const left = await server.tools.sql.query(
      'select 1 from search_words join rooms on rooms.key = room_key where id = $1 and seq = $2',
      [room, seq],
    )
    expect(left).toEqual([])
  })

  test('only members find what was said in a room, and nobody after they left', async () => {
    const { server, ada, ben, cleo, dan } = at()
    const room = await makeRoom(server, ben, [cleo])
    const { body: direct } = await rest(server, ben).post('/directs', { usernames: ['cleo'] })
    await post(server, ben, room, 'gannet in a room')
    await post(server, ben, direct.id, 'gannet between two')
    await indexed(server)
    const count = async (person: Person) => (await search(person, { q: 'gannet' })).length
    expect([await count(ada), await count(ben), await count(cleo), await count(dan)]).toEqual([0, 2, 2, 0])
    await rest(server, ben).delete(`/rooms/${room}/members/cleo`)
    expect(await count(cleo)).toBe(1)
    await rest(server, ben).delete(`/rooms/${room}`)
    expect(await count(ben)).toBe(1)
  })

  test.skipIf(database === 'embedded')(
    'a search that takes too long is ended, and refused with a reason',
    async () => {
      const { server, ben } = at()
      const room = await makeRoom(server, ben)
      await post(server, ben, room, 'kestrel')
      await indexed(server)
      const refused = await server.tools.sql.transaction(async (sql) => {
        // As slow as a search in far too much.
        await sql.query('lock table search_words in access exclusive mode')
        return rest(server, ben).get('/search?q=kestrel')
      })
      expect(refused.body).toMatchObject({ code: 'invalid', reason: 'search_too_broad' })
      expect(await search(ben, { q: 'kestrel' })).toHaveLength(1)
    },
  )

  test('the SDK reads on from page to page', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben)
    for (let n = 0; n < 5; n++) await post(server, ben, room, `kittiwake ${n}`)
    await indexed(server)
    const session = { token: () => ben.token, renew: async () => false } as never
    using client = createClient({ url: server.url, session })
    const found: string[] = []
    for await (const { message } of client.search({ q: 'kittiwake', limit: 2 })) {
      found.push(message.content)
      if (found.length === 4) break
    }
    expect(found).toEqual([4, 3, 2, 1].map((n) => `kittiwake ${n}`))
    const all = []
    for await (const each of client.search({ q: 'kittiwake', limit: 2 })) all.push(each)
    expect(all).toHaveLength(5)
  })

  test('no word is stored anywhere: search finds it, and nothing that looks through the files of the database', async () => {
    const { server, ben } = at()
    const from = await placeInWal(server)
    const room = await makeRoom(server, ben, [], { title: 'Quetzalroom' })
    await post(server, ben, room, 'The canary zyxwvutser sings')
    await indexed(server)
    expect(await search(ben, { q: 'zyxwvutser' })).toHaveLength(1)
    // The beginning of a word is a term of its own.
    for (const plain of ['zyxwvutser', 'zyxwvu']) expect(await filesWith(server, plain, from)).toEqual([])
    // What is not secret is found so.
    expect(await filesWith(server, 'Quetzalroom', from)).not.toEqual([])
    const tables = await server.tools.sql.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    )
    expect(tables.map(({ name }) => name)).toContain('search_words')
    for (const { name } of tables) {
      const rows = await server.tools.sql.query(
        `select 1 from ${name} where ${name}::text ilike '%zyxwvutser%' limit 1`,
      )
      expect([name, rows]).toEqual([name, []])
    }
  })
})
