import { describe, expect, test } from 'bun:test'
import type { Sql } from '../../src/storage/storage.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf, waitFor } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { meet } from './listener.ts'

type Message = {
  seq: number
  created_at: string
  content: string
  thread?: object
  thread_seq?: number
  deleted_at?: string
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  const reply = async (person: Person, room: string, to: number, content = 'Yes'): Promise<Message> =>
    (await rest(at().server, person).post(`/rooms/${room}/messages`, { content, reply_to: to })).body
  const show = async (person: Person, room: string, seq: number): Promise<Message> =>
    (await rest(at().server, person).get(`/rooms/${room}/messages/${seq}`)).body

  /** A question with two replies and a reply to the first of those, and another message. */
  async function conversation() {
    const { server, ada, ben, cleo } = at()
    const room = await makeRoom(server, ada, [ben, cleo])
    const root = await post(server, ada, room, 'Fish?')
    const first = await reply(ben, room, root)
    const other = await post(server, ada, room, 'Something else')
    const second = await reply(cleo, room, root, 'No')
    const deep = await reply(ada, room, first.seq, 'Which?')
    return { server, room, root, other, first, second, deep }
  }

  describe.each(eachDoor)('over %s', (door) => {
    test('a reply belongs to the thread of the first message it leads to, which counts it', async () => {
      const { ben } = at()
      const { server, room, root, other, first, second, deep } = await conversation()
      const bens = await clientOver(door, server, ben)
      const { items } = (await bens.list(room, {})).data!
      const about = items.map(({ seq, thread, thread_seq }: Message) => ({ seq, thread, thread_seq }))
      const thread = { seq: root, replies: 3, last_at: deep.created_at }
      expect(about).toEqual([
        { seq: root, thread },
        { seq: first.seq, thread_seq: root },
        { seq: other },
        { seq: second.seq, thread_seq: root },
        { seq: deep.seq, thread_seq: root },
      ])
      expect([first, deep].map((each) => each.thread_seq)).toEqual([root, root])
      const page = (await bens.thread(room, root)).data!
      expect(page.root).toEqual(items[0])
      expect(page.items).toEqual([items[1], items[3], items[4]])
      // By any of its messages.
      expect((await bens.thread(room, deep.seq)).data).toEqual(page)
      await bens.close()
    })

    test('a long thread comes in pages, from its end or from its beginning', async () => {
      const { ben } = at()
      const { server, room, root, other, first, second, deep } = await conversation()
      const bens = await clientOver(door, server, ben)
      const page = async (query: Record<string, number>) => {
        const { root: shown, items, next } = (await bens.thread(room, root, query)).data!
        return [shown.seq, items.map(({ seq }: Message) => seq), next]
      }
      expect(await page({ limit: 2 })).toEqual([root, [second.seq, deep.seq], second.seq])
      expect(await page({ limit: 2, before: second.seq })).toEqual([root, [first.seq], undefined])
      expect(await page({ limit: 2, after: 0 })).toEqual([root, [first.seq, second.seq], second.seq])
      expect(await page({ limit: 2, after: second.seq })).toEqual([root, [deep.seq], undefined])
      expect((await bens.thread(room, other)).data).toMatchObject({ root: { seq: other }, items: [] })
      expect((await bens.thread(room, other)).data!.root).not.toHaveProperty('thread')
      expect((await bens.thread(room, 99)).reason).toBe('message_not_found')
      expect((await bens.thread(room, root, { limit: 101 })).code).toBe('invalid')
      await bens.close()
    })

    test('a deleted reply does not count, and a deleted first message keeps its thread', async () => {
      const { ada, ben, cleo } = at()
      const { server, room, root, first, second, deep } = await conversation()
      const [bens, adas] = [await clientOver(door, server, ben), await clientOver(door, server, ada)]
      const counted = async () => (await show(cleo, room, root)).thread as object
      const socket = await socketOf(server, cleo)
      await socket.ask({ type: 'room.subscribe', room })
      await adas.remove(room, deep.seq)
      const thread = { seq: root, replies: 2, last_at: second.created_at }
      expect([await counted(), (await socket.next('message.deleted')).thread]).toEqual([thread, thread])
      await adas.remove(room, root)
      const gone = await socket.next('message.deleted')
      expect([gone.thread, gone.message.thread]).toEqual([undefined, undefined])
      const page = (await bens.thread(room, root)).data!
      expect(page.root).toMatchObject({ content: '', deleted_at: expect.any(String), thread })
      expect(page.items.map(({ seq, deleted_at }: Message) => [seq, deleted_at !== undefined])).toEqual([
        [first.seq, false],
        [second.seq, false],
        [deep.seq, true],
      ])
      // To a tombstone too: the thread goes on.
      expect((await reply(ben, room, root, 'Still?')).thread_seq).toBe(root)
      for (const each of [first, second]) await adas.remove(room, each.seq)
      await bens.remove(room, (await bens.thread(room, root)).data!.items.at(-1).seq)
      expect(await counted()).toBeUndefined()
      await socket.next((frame: Frame) => frame.thread?.replies === 0)
      for (const each of [bens, adas, socket]) await each.close()
    })
  })

  test('live, replayed and read as the log, the events of a thread are the same', async () => {
    const { server, ada, ben } = at()
    const room = await makeRoom(server, ada, [ben])
    const socket = await socketOf(server, ben)
    const { epoch, head } = await socket.ask({ type: 'room.subscribe', room }).then(({ data }) => data)
    const root = await post(server, ada, room, 'Fish?')
    const { seq } = await reply(ben, room, root)
    await reply(ada, room, seq, 'Which?')
    await rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content: 'Yes!' })
    await rest(server, ben).delete(`/rooms/${room}/messages/${seq}`)
    await socket.next('message.deleted')
    const live = socket.events()
    const { items } = (await rest(server, ben).get(`/rooms/${room}/log?since=${head}`)).body
    const again = await socketOf(server, ben)
    const { data } = await again.ask({ type: 'room.subscribe', room, since: { epoch, seq: head } })
    // A text that was deleted since is not in what is read from the log.
    const withoutTexts = (events: Frame[]) =>
      events.map(({ message: { content: _, deleted_at: __, edited_at: ___, ...message }, ...event }) => ({
        ...event,
        message,
      }))
    expect(withoutTexts(live)).toEqual(withoutTexts(items))
    expect(withoutTexts(data.events)).toEqual(withoutTexts(items))
    expect(items.map((event: Frame) => event.message.thread_seq)).toEqual([undefined, root, root, root, root])
    for (const each of [socket, again]) await each.close()
  })

  // It was counted for each reply, and under the lock of the room for whatever else was done to its first message.
  test('a thread is counted for who reads its first message, not for who answers or changes it', async () => {
    const { server, room, root, first } = await conversation()
    const { ada, cleo } = at()
    const { sql } = server.tools
    const { query, transaction } = sql
    let [read, locked] = [0, 0]
    const counts = (text: string) => (text.includes('max(reply.at)') ? 1 : 0)
    sql.query = (text: string, params?: unknown[]) => {
      read += counts(text)
      return query(text, params)
    }
    const inLock = (tx: Sql): Sql => ({
      db: tx.db,
      query(text: string, params?: unknown[]) {
        locked += counts(text)
        return tx.query(text, params)
      },
    })
    sql.transaction = (work) => transaction((tx) => work(inLock(tx)))
    const of = async (method: string, path: string, body?: object, person = ada) => {
      read = locked = 0
      const { status } = await rest(server, person).call(method, `/rooms/${room}/${path}`, body)
      expect(status).toBeLessThan(300)
      return [read, locked]
    }
    const message = `messages/${root}`
    const [none, forTheAnswer, forTheEvent] = [
      [0, 0],
      [1, 0],
      [0, 1],
    ]
    expect(await of('GET', message)).toEqual(forTheAnswer)
    expect(await of('POST', 'messages', { content: 'Yes', reply_to: root }, cleo)).toEqual(none)
    expect(await of('PATCH', message, { content: 'Fish!' })).toEqual(forTheAnswer)
    expect(await of('PUT', `${message}/reactions/👍`)).toEqual(none)
    expect(await of('DELETE', `${message}/reactions/👍`)).toEqual(none)
    expect(await of('PUT', `pins/${root}`)).toEqual(none)
    expect(await of('POST', `${message}/report`, { reason: 'Rude' }, cleo)).toEqual(none)
    expect(await of('DELETE', `messages/${first.seq}`)).toEqual(forTheEvent)
    expect(await of('DELETE', message)).toEqual(none)
    Object.assign(sql, { query, transaction })
  })

  test('the messages of an erased account are counted out of the threads they were in', async () => {
    const { server, ada } = at()
    const [eve] = (await meet(server, 'eve')) as [Person]
    const room = await makeRoom(server, ada, [eve])
    const root = await post(server, ada, room, 'Fish?')
    for (const person of [ada, eve, eve]) await reply(person, room, root)
    expect((await show(ada, room, root)).thread).toMatchObject({ replies: 3 })
    const { status } = await rest(server, eve).call('DELETE', '/users/me', { messages: 'delete' })
    expect(status).toBe(204)
    expect((await show(ada, room, root)).thread).toMatchObject({ replies: 1 })
  })

  // Before there were threads, replies were stored without one.
  test('old replies get their threads at the next start, and new ones belong to them at once', async () => {
    const server = await startServer({ database })
    const { ada, ben } = await cast(server)
    const room = await makeRoom(server, ada, [ben])
    const say = async (content: string, reply_to?: number) => {
      const { body } = await rest(server, ada).post(`/rooms/${room}/messages`, { content, reply_to })
      return body.seq as number
    }
    const root = await say('Fish?')
    const chain = [await say('Yes', root)]
    for (let n = 0; n < 150; n++) chain.push(await say('Why?', chain.at(-1)))
    await server.tools.sql.query('update log set thread_seq = null')
    chain.push(await say('Because', chain.at(-1)))
    const { body: last } = await rest(server, ada).get(`/rooms/${room}/messages/${chain.at(-1)}`)
    expect(last.thread_seq).toBe(root)
    await server.restart()
    const counted = () => rest(server, ada).get(`/rooms/${room}/messages/${root}`)
    await waitFor('the count', async () => (await counted()).body.thread?.replies === chain.length)
    const { body } = await rest(server, ben).get(
      `/rooms/${room}/messages/${chain[70]}/thread?after=0&limit=3`,
    )
    expect(body.items.map(({ seq }: Message) => seq)).toEqual(chain.slice(0, 3))
    await server.stop()
  })
})
