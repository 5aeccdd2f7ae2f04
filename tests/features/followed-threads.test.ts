import { describe, expect, test } from 'bun:test'
import { mostFollowers } from '../../src/features/messages/followers.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { closeAll, meet } from './listener.ts'

type Item = { room: string; seq: number; read_seq: number; unread: number; message: Frame; last: Frame }

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  const reply = async (person: Person, room: string, to: number, content = 'Yes'): Promise<number> =>
    (await rest(at().server, person).post(`/rooms/${room}/messages`, { content, reply_to: to })).body.seq
  const followed = async (
    person: Person,
    query = '',
  ): Promise<{ items: Item[]; next?: string; unread?: number }> =>
    (await rest(at().server, person).get(`/threads${query}`)).body
  /** The room, the first message and the number of unread replies of each followed thread. */
  const shown = async (person: Person) => {
    const { items, unread } = await followed(person)
    return [...items.map((item) => `${item.room} ${item.seq}: ${item.unread}`), unread]
  }
  const people = async (...names: string[]) => meet(at().server, ...names)

  describe.each(eachDoor)('over %s', (door) => {
    test('you follow threads that you start, answer or are named in, newest reply first, with what is unread', async () => {
      const { server } = at()
      const [ann, ben, cleo, dan] = (await people('ann', 'ben', 'cleo', 'dan')) as [
        Person,
        Person,
        Person,
        Person,
      ]
      const room = await makeRoom(server, ann, [ben, cleo, dan])
      const other = await makeRoom(server, ann, [ben])
      const question = await post(server, ann, room, 'Fish?')
      expect(await shown(ann)).toEqual([0])
      const first = await reply(ben, room, question)
      const second = await reply(ben, room, first, `And @${cleo.username}?`)
      const elsewhere = await post(server, ben, other, 'Boats?')
      const last = await reply(ann, other, elsewhere)
      expect(await shown(ann)).toEqual([`${other} ${elsewhere}: 0`, `${room} ${question}: 2`, 1])
      expect(await shown(ben)).toEqual([`${other} ${elsewhere}: 1`, `${room} ${question}: 0`, 1])
      expect(await shown(cleo)).toEqual([`${room} ${question}: 2`, 1])
      expect(await shown(dan)).toEqual([0])

      const anns = await clientOver(door, server, ann)
      const page = (await anns.followed({ limit: 1 })).data!
      expect(page.items).toMatchObject([
        {
          ...{ room: other, seq: elsewhere, unread: 0 },
          message: { seq: elsewhere, content: 'Boats?', thread: { seq: elsewhere, replies: 1 } },
          last: { seq: last, content: 'Yes', thread_seq: elsewhere },
        },
      ])
      const next = (await anns.followed({ limit: 1, before: page.next })).data!
      expect(next.items.map(({ seq, unread }: Item) => [seq, unread])).toEqual([[question, 2]])
      expect([next.next, next.unread]).toEqual([undefined, undefined])
      // A cursor that is none of ours starts from the beginning.
      expect((await anns.followed({ limit: 1, before: '99999999999999.1.1' })).data!.items).toEqual(
        page.items,
      )

      // What is read in the thread, and what is read in the room.
      expect<unknown>((await anns.readThread(room, first, first)).data).toEqual({
        ...{ room, seq: question, read_seq: first, unread: 1, following: true },
      })
      expect(await shown(ann)).toEqual([`${other} ${elsewhere}: 0`, `${room} ${question}: 1`, 1])
      await anns.readThread(room, question, question)
      expect((await followed(ann)).items[1]!.read_seq).toBe(first)
      await anns.read(room, second)
      expect(await shown(ann)).toEqual([`${other} ${elsewhere}: 0`, `${room} ${question}: 0`, 0])
      await anns.close()
    })

    test('you may follow any thread and stop; then only a reply of your own makes you follow it again', async () => {
      const { server } = at()
      const [ann, ben, dan] = (await people('ann', 'ben', 'dan')) as [Person, Person, Person]
      const room = await makeRoom(server, ann, [ben, dan])
      const question = await post(server, ann, room, 'Fish?')
      const first = await reply(ben, room, question)
      const dans = await clientOver(door, server, dan)
      const isFollowing = async () => (await dans.thread(room, question)).data!.following
      expect(await isFollowing()).toBe(false)
      await dans.follow(room, first)
      expect([await isFollowing(), await shown(dan)]).toEqual([true, [`${room} ${question}: 1`, 1]])
      await dans.unfollow(room, question)
      expect([await isFollowing(), await shown(dan)]).toEqual([false, [0]])
      await reply(ben, room, question, `Really, @${dan.username}?`)
      expect(await shown(dan)).toEqual([0])
      const own = await reply(dan, room, question)
      await reply(ben, room, question, 'Good')
      expect(await shown(dan)).toEqual([`${room} ${question}: 1`, 1])
      expect((await followed(dan)).items[0]!.read_seq).toBe(own)
      expect((await dans.follow(room, 999)).reason).toBe('message_not_found')
      expect((await dans.readThread(room, 999, 1)).reason).toBe('message_not_found')
      expect((await dans.readThread(room, question, -1)).code).toBe('invalid')
      // In a thread that you do not follow, there is nothing to keep.
      await dans.unfollow(room, question)
      await dans.close()
    })
  })

  test('your sockets hear of replies in threads that you follow, of what you read and of your choice', async () => {
    const { server } = at()
    const [ann, ben, dan] = (await people('ann', 'ben', 'dan')) as [Person, Person, Person]
    const room = await makeRoom(server, ann, [ben, dan])
    const [anns, bens, dans] = await Promise.all([ann, ben, dan].map((person) => socketOf(server, person)))
    const seq = await post(server, ann, room, 'Fish?')
    const first = await reply(ben, room, seq)
    expect(await anns!.next('thread.replied')).toEqual({
      ...{ type: 'thread.replied', room, seq, reply: first, actor: ben.username },
    })
    expect(await bens!.next('thread.changed')).toEqual({
      ...{ type: 'thread.changed', room, seq, read_seq: first, unread: 0, following: true },
    })
    await anns!.ask({ type: 'thread.read', room, seq, read_seq: first })
    expect(await anns!.next('thread.changed')).toMatchObject({ read_seq: first, unread: 0, following: true })
    await rest(server, ben).delete(`/rooms/${room}/messages/${seq}/thread/follow`)
    expect(await bens!.next('thread.changed')).toMatchObject({ seq, following: false })
    // Somebody whom you have blocked is not heard of, nor counted.
    await rest(server, ann).put(`/users/me/blocks/${dan.username}`)
    await reply(dan, room, seq)
    await dans!.next('thread.changed')
    const last = await reply(ben, room, seq, 'Well')
    expect(await anns!.next('thread.replied')).toMatchObject({ reply: last, actor: ben.username })
    const [item] = (await followed(ann)).items
    expect([item!.unread, item!.last.seq]).toEqual([1, last])
    for (const socket of [anns, bens, dans]) await socket!.ask({ type: 'ping' })
    expect(anns!.heard('thread.replied')).toHaveLength(2)
    expect(bens!.heard('thread.replied')).toEqual([])
    await closeAll(anns!, bens!, dans!)
  })

  test('what is deleted, or in a room that you may not read, is not in the list', async () => {
    const { server } = at()
    const [ann, ben] = (await people('ann', 'ben')) as [Person, Person]
    const room = await makeRoom(server, ann, [ben])
    const gone = await makeRoom(server, ann, [ben])
    const [one, two] = [await post(server, ben, room, 'Fish?'), await post(server, ben, gone, 'Boats?')]
    const only = await reply(ann, room, one)
    await reply(ann, gone, two)
    expect(await shown(ben)).toEqual([`${gone} ${two}: 1`, `${room} ${one}: 1`, 2])
    await rest(server, ben).delete(`/rooms/${gone}/members/me`)
    expect(await shown(ben)).toEqual([`${room} ${one}: 1`, 1])
    // A deleted first message keeps its thread; a thread without replies is none.
    await rest(server, ben).delete(`/rooms/${room}/messages/${one}`)
    expect((await followed(ben)).items[0]!.message).toMatchObject({
      content: '',
      deleted_at: expect.any(String),
    })
    await rest(server, ann).delete(`/rooms/${room}/messages/${only}`)
    expect(await shown(ben)).toEqual([0])
  })

  test('with files, and while somebody joins, a reply is followed all the same', async () => {
    const { server } = at()
    const [ann, ben] = (await people('ann', 'ben')) as [Person, Person]
    const room = await makeRoom(server, ann, [ben])
    const question = await post(server, ann, room, 'Fish?')
    const upload = await fetch(`${server.url}/rooms/${room}/files`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ben.token}`,
        'content-type': 'text/plain',
        'x-file-name': 'fish.txt',
      },
      body: 'Fish',
    })
    const { id } = (await upload.json()) as { id: string }
    await rest(server, ben).post(`/rooms/${room}/messages`, { content: '', files: [id], reply_to: question })
    expect(await shown(ann)).toEqual([`${room} ${question}: 1`, 1])
  })

  test('of very many followers each gets no event of their own: one goes to all who listen', async () => {
    const { server } = at()
    const [ann, ben, dan] = (await people('ann', 'ben', 'dan')) as [Person, Person, Person]
    const room = await makeRoom(server, ann, [ben, dan])
    const question = await post(server, ann, room, 'Fish?')
    const dans = await socketOf(server, dan)
    await dans.ask({ type: 'room.subscribe', room })
    const { sql } = server.tools
    const { query } = sql
    sql.query = (async (text: string, params?: unknown[]) => {
      if (!text.includes('from thread_follows as follows\n     join members')) return query(text, params)
      return Array.from({ length: mostFollowers + 1 }, () => ({ id: crypto.randomUUID() }))
    }) as typeof query
    const seq = await reply(ben, room, question)
    expect(await dans.next('thread.replied')).toMatchObject({ room, seq: question, reply: seq })
    sql.query = query
    await dans.close()
  })
})
