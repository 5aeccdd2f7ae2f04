// Longer than 300 lines: a keyword shows in every count, list and message that mentions do.
import { describe, expect, test } from 'bun:test'
import { rotateKeys } from '../../src/operator/rotate.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf, waitFor } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'
import { onBothDatabases, serverFor, startServer, type TestServer } from '../support/server.ts'
import { closeAll, listener, meet } from './listener.ts'

type Item = { seq: number; kind: string; read: boolean; message: Frame }

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const people = async (...names: string[]) => (await meet(at().server, ...names)) as [Person, Person, Person]
  const have = (person: Person, ...keywords: string[]) =>
    rest(at().server, person).put('/users/me/keywords', { keywords })

  /** Mentions of the room as `hello` and the list of rooms say it, which are one. */
  async function mentionsOf(person: Person, room: string): Promise<number> {
    const { server } = at()
    const socket = await socketOf(server, person)
    const hello = await socket.next('hello')
    await socket.close()
    const { body } = await rest(server, person).get(`/rooms/${room}`)
    expect((hello.rooms as Frame[]).find(({ id }) => id === room)!.mentions).toBe(body.mentions)
    return body.mentions
  }

  /** Why each message means a person, newest first. */
  const listOf = async (person: Person) =>
    (await rest(at().server, person).get('/mentions')).body.items.map(
      ({ seq, kind }: Item) => `${seq} ${kind}`,
    )

  const words = async () =>
    (
      await at().server.tools.sql.query<{ count: number }>(
        "select count(*)::int as count from mentions where kind = 'word'",
      )
    )[0]!.count

  describe.each(eachDoor)('over %s', (door) => {
    test('you set words that mean you, and get them back as you wrote them, each once', async () => {
      const { server } = at()
      const [ann] = await people('ann', 'ben')
      const anns = await clientOver(door, server, ann)
      expect<unknown>((await anns.keywords()).data).toEqual({ keywords: [] })
      const set = await anns.setKeywords(['tide', '  #Fähre! ', 'FAHRE', 'Tide', '北京', 'node.js'])
      expect<unknown>(set.data).toEqual({ keywords: ['Fähre', 'node.js', 'tide', '北京'] })
      expect<unknown>((await anns.keywords()).data).toEqual(set.data)
      expect<unknown>((await anns.setKeywords([])).data).toEqual({ keywords: [] })
      expect<unknown>((await anns.keywords()).data).toEqual({ keywords: [] })
      await anns.close()
    })

    test.each([
      ['too many', Array.from({ length: 21 }, (_, n) => `word${n}`), '/keywords', 'too_many_items'],
      ['one too long', ['tide', 'x'.repeat(33)], '/keywords/1', 'too_long'],
      ['an empty one', [''], '/keywords/0', 'empty'],
      ['a blank one', ['tide', '\u200b '], '/keywords/1', 'empty'],
      ['one without a letter', ['tide', '+++'], '/keywords/1', 'keyword_without_word'],
      ['an emoji alone', ['🎉'], '/keywords/0', 'keyword_without_word'],
      ['no text', [7], '/keywords/0', 'not_text'],
      ['no list', 'tide', '/keywords', 'not_a_list'],
    ])('%s: refused, and the keywords stay as they were', async (_, keywords, path, reason) => {
      const { server } = at()
      const [ann] = await people('ann', 'ben')
      await have(ann, 'harbour')
      const anns = await clientOver(door, server, ann)
      const refused = await anns.setKeywords(keywords)
      expect(refused).toMatchObject({ code: 'invalid' })
      expect(JSON.stringify(refused)).toContain(`"path":"${path}"`)
      expect(JSON.stringify(refused)).toContain(`"reason":"${reason}"`)
      expect<unknown>((await anns.keywords()).data).toEqual({ keywords: ['harbour'] })
      await anns.close()
    })

    test('a message with a keyword counts as a mention, until you have read it', async () => {
      const { server } = at()
      const [ann, ben, cleo] = await people('ann', 'ben', 'cleo')
      const room = await makeRoom(server, ben, [ann, cleo])
      await have(ann, 'tide', 'harbour master', 'Müller', '北京')
      await have(ben, 'tide')
      const bens = await clientOver(door, server, ben)
      const say = async (content: string) => (await bens.send(room, { content })).data!.seq as number
      const meant = [
        await say('High TIDE!'),
        await say('Ask the *harbour\nmaster*.'),
        await say('Mueller or muller'),
        await say('我在北京。'),
      ]
      await say('tides, the harbour and its master')
      await say('`tide` and https://tide.example/tide and tide@example.org\n\n```\ntide\n```')
      expect(await mentionsOf(ann, room)).toBe(4)
      // It is his own, and nobody else's word.
      expect([await mentionsOf(ben, room), await mentionsOf(cleo, room)]).toEqual([0, 0])
      expect(await listOf(ann)).toEqual(meant.toReversed().map((seq) => `${seq} word`))
      expect([await listOf(ben), await listOf(cleo)]).toEqual([[], []])
      const anns = await clientOver(door, server, ann)
      expect((await anns.read(room, meant[1]!)).data).toMatchObject({ mentions: 2 })
      const { items } = (await rest(server, ann).get('/mentions')).body
      expect(items.map(({ read }: Item) => read)).toEqual([false, false, true, true])
      await closeAll(bens, anns)
    })
  })

  test('a word counts from when you set it, and no more when you have removed it', async () => {
    const { server } = at()
    const [ann, ben, cleo] = await people('ann', 'ben', 'cleo')
    const room = await makeRoom(server, ben, [ann, cleo])
    await have(cleo, 'pier')
    await post(server, ben, room, 'The old pier')
    expect([await mentionsOf(ann, room), await mentionsOf(cleo, room)]).toEqual([0, 1])
    await have(ann, 'pier')
    expect(await mentionsOf(ann, room)).toBe(0)
    const seq = await post(server, ben, room, 'The new pier')
    // The same word in other letters keeps its time.
    await have(ann, 'PIER', 'quay')
    expect(await mentionsOf(ann, room)).toBe(1)
    expect(await listOf(ann)).toEqual([`${seq} word`])
    await have(ann, 'quay')
    expect([await mentionsOf(ann, room), await listOf(ann)]).toEqual([0, []])
    expect(await mentionsOf(cleo, room)).toBe(2)
  })

  test('a message that means you in several ways counts once', async () => {
    const { server } = at()
    const [ann, ben] = await people('ann', 'ben')
    const room = await makeRoom(server, ben, [ann])
    await have(ann, 'rope', 'knot')
    const own = await post(server, ann, room, 'A rope')
    const seqs = [
      await post(server, ben, room, 'rope, knot, rope'),
      await post(server, ben, room, `@${ann.username}: a rope`),
      await post(server, ben, room, '@room, a knot'),
    ]
    const { body } = await rest(server, ben).post(`/rooms/${room}/messages`, {
      content: 'Which rope?',
      reply_to: own,
    })
    expect(await mentionsOf(ann, room)).toBe(4)
    expect(await listOf(ann)).toEqual([
      `${body.seq} reply`,
      `${seqs[2]} room`,
      `${seqs[1]} name`,
      `${seqs[0]} word`,
    ])
  })

  test('the end of a message from before a keyword was set is nothing to its person', async () => {
    const { server } = at()
    const [ann, ben, cleo] = await people('ann', 'ben', 'cleo')
    const room = await makeRoom(server, ben, [ann, cleo])
    await have(cleo, 'mast')
    const seq = await post(server, ben, room, 'A mast')
    await have(ann, 'mast')
    const [anns, cleos] = [await listener(server, ann), await listener(server, cleo)]
    await rest(server, ben).delete(`/rooms/${room}/messages/${seq}`)
    await cleos.until('the end', () => cleos.heard('mention.deleted').length > 0)
    await post(server, ben, room, `@${ann.username}, the end`)
    await anns.until('the last mention', () => anns.heard('mention.created').length > 0)
    expect(anns.heard('mention.deleted')).toEqual([])
    await closeAll(anns, cleos)
  })

  test('edits, deletions and blocks change what is counted at once, and open clients hear of it', async () => {
    const { server } = at()
    const [ann, ben] = await people('ann', 'ben')
    const room = await makeRoom(server, ben, [ann])
    await have(ann, 'anchor', 'chain')
    const anns = await listener(server, ann)
    const bens = rest(server, ben)
    const edit = (seq: number, content: string) => bens.patch(`/rooms/${room}/messages/${seq}`, { content })
    const [one, two, three] = [
      await post(server, ben, room, 'An anchor'),
      await post(server, ben, room, 'A boat'),
      await post(server, ben, room, 'Another anchor'),
    ]
    await edit(two, 'A boat with an anchor')
    expect(await mentionsOf(ann, room)).toBe(3)
    // Still a word of hers.
    await edit(one, 'A chain')
    await edit(one, 'A chain!')
    expect(await mentionsOf(ann, room)).toBe(3)
    await edit(one, 'A rope')
    expect(await mentionsOf(ann, room)).toBe(2)
    await bens.delete(`/rooms/${room}/messages/${three}`)
    expect(await mentionsOf(ann, room)).toBe(1)
    await post(server, ben, room, `@${ann.username}, the end`)
    await anns.until('the last mention', () => anns.heard('mention.created').some(({ kind }) => !kind))
    expect(
      anns
        .heard('mention.created', 'mention.deleted')
        .map(({ type, seq, edit: by, kind }) => [type, seq, by !== undefined, kind]),
    ).toEqual([
      ['mention.created', one, false, 'word'],
      ['mention.created', three, false, 'word'],
      ['mention.created', two, true, 'word'],
      ['mention.deleted', one, false, undefined],
      ['mention.deleted', three, false, undefined],
      ['mention.created', three + 6, false, undefined],
    ])
    await rest(server, ann).put(`/users/me/blocks/${ben.username}`)
    expect([await mentionsOf(ann, room), await listOf(ann)]).toEqual([0, []])
    await anns.close()
  })

  test('every client of the person hears of new keywords, and nobody else', async () => {
    const { server } = at()
    const [ann, ben] = await people('ann', 'ben')
    const [one, another, bens] = [
      await socketOf(server, ann),
      await socketOf(server, ann),
      await socketOf(server, ben),
    ]
    await one.ask({ type: 'keyword.set', keywords: ['tide', 'Rope'] })
    for (const socket of [one, another])
      expect(await socket.next('keywords.changed')).toEqual({
        type: 'keywords.changed',
        keywords: ['Rope', 'tide'],
      })
    await bens.ask({ type: 'ping' })
    expect(bens.heard('keywords.changed')).toEqual([])
    await closeAll(one, another, bens)
  })

  test('a word that nobody has leaves no row, and one that many have leaves one', async () => {
    const { server } = at()
    const [ann, ben, cleo] = await people('ann', 'ben', 'cleo')
    const room = await makeRoom(server, ben, [ann, cleo])
    await have(ann, 'lighthouse')
    await have(cleo, 'Lighthouse')
    const before = await words()
    await post(server, ben, room, 'Nobody has any of these')
    expect(await words()).toBe(before)
    await post(server, ben, room, 'lighthouse, the Lighthouse, a LIGHTHOUSE')
    expect(await words()).toBe(before + 1)
    expect([await mentionsOf(ann, room), await mentionsOf(cleo, room)]).toEqual([1, 1])
  })

  test('the database has neither the words nor hashes of them that anybody could compute', async () => {
    const { server } = at()
    const [ann, ben] = await people('ann', 'ben')
    const room = await makeRoom(server, ben, [ann])
    await have(ann, 'secretword')
    await post(server, ben, room, 'A secretword')
    const rows = await server.tools.sql.query<{ row: object }>(
      "select to_jsonb(keywords) as row from keywords union all select to_jsonb(mentions) from mentions union all select to_jsonb(settings) from settings where name = 'keyword_key'",
    )
    const text = JSON.stringify(rows)
    const plainHash = new Bun.CryptoHasher('sha256').update('secretword').digest('hex')
    expect(text).toContain('keyword_key')
    expect([text.includes('secretword'), text.replaceAll('-', '').includes(plainHash.slice(0, 32))]).toEqual([
      false,
      false,
    ])
  })

  test('a text that was made of beginnings of keywords costs little', async () => {
    const { server } = at()
    const [ann, ben] = await people('ann', 'ben')
    const room = await makeRoom(server, ben, [ann])
    await have(ann, '北'.repeat(32), ...Array.from({ length: 19 }, (_, n) => `${'a '.repeat(12)}${n}`))
    const seqs = [
      await post(server, ben, room, '北'.repeat(8000)),
      await post(server, ben, room, 'a '.repeat(4000)),
    ]
    expect(await listOf(ann)).toEqual([`${seqs[0]} word`])
  })
})

describe('of several nodes', () => {
  test.skipIf(!postgresForTests)(
    'each knows the keywords that were set at another, also after a restart',
    async () => {
      const nodes = await startNodes(linkedBuses(2).buses)
      try {
        const [one, two] = nodes.servers as unknown as [TestServer, TestServer]
        const [ann, ben] = (await meet(one, 'ann', 'ben')) as [Person, Person]
        const room = await makeRoom(one, ben, [ann])
        await post(two, ben, room, 'A tide before')
        const before = await rest(one, ann).put('/users/me/keywords', {
          keywords: ['tide', 'harbour master'],
        })
        expect(before.status).toBe(200)
        const counted = async () => (await rest(two, ann).get(`/rooms/${room}`)).body.mentions
        await waitFor('the keyword at the other node', async () => {
          await post(two, ben, room, 'The tide')
          return (await counted()) > 0
        })
        const known = await counted()
        await post(two, ben, room, 'The harbour master')
        expect(await counted()).toBe(known + 1)
      } finally {
        await nodes.stop()
      }
    },
  )

  test('a server that starts again knows them, and so does one whose key was rotated', async () => {
    const server = await startServer({ settings: { ENCRYPTION_KEY: '' } })
    try {
      const [ann, ben] = (await meet(server, 'ann', 'ben')) as [Person, Person]
      const room = await makeRoom(server, ben, [ann])
      await rest(server, ann).put('/users/me/keywords', { keywords: ['harbour master'] })
      const counted = async () => (await rest(server, ann).get(`/rooms/${room}`)).body.mentions
      await server.restart()
      await post(server, ben, room, 'Ask the Harbour Master')
      expect(await counted()).toBe(1)
      await rotateKeys(server.tools, {}, { report() {}, signal: new AbortController().signal } as never)
      expect(server.tools.policy.keyring.older).toEqual([])
      await server.restart()
      await post(server, ben, room, 'Ask the Harbour Master again')
      expect(await counted()).toBe(2)
      const { body } = await rest(server, ann).get('/users/me/keywords')
      expect(body).toEqual({ keywords: ['harbour master'] })
    } finally {
      await server.stop()
    }
  })
})
