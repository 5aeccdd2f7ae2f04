import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { makeRoom, post, signUp } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf } from '../support/client.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { postgresForTests } from '../support/postgres.ts'

describe.skipIf(!(await postgresForTests()))('a thread that is written on two nodes', () => {
  const linked = linkedBuses(2)
  let nodes: Nodes
  let ben: Person
  let cleo: Person
  const at = (index: number) => nodes.servers[index]!

  beforeAll(async () => {
    nodes = await startNodes(linked.buses)
    ben = await signUp(at(0), 'ben')
    cleo = await signUp(at(1), 'cleo')
  })
  afterAll(async () => nodes?.stop())

  const reply = async (index: number, person: Person, room: string, to: number): Promise<number> =>
    (
      await rest(at(index), person).post(`/rooms/${room}/messages`, {
        content: `From ${index}`,
        reply_to: to,
      })
    ).body.seq
  const followed = async (index: number, person: Person) =>
    (await rest(at(index), person).get('/threads')).body as { items: Frame[]; unread: number }

  test('is one thread: the same replies, count and followers, and followers elsewhere hear of each reply', async () => {
    const room = await makeRoom(at(0), ben, [cleo])
    const [bens, cleos] = [await socketOf(at(0), ben), await socketOf(at(1), cleo)]
    for (const socket of [bens, cleos]) await socket.ask({ type: 'room.subscribe', room })
    const seq = await post(at(0), ben, room, 'Fish?')
    const first = await reply(1, cleo, room, seq)
    expect(await bens.next('thread.replied')).toMatchObject({ room, seq, reply: first, actor: 'cleo' })
    // To a reply, from the other node: it leads to the same first message.
    const second = await reply(0, ben, room, first)
    expect(await cleos.next('thread.replied')).toMatchObject({ room, seq, reply: second, actor: 'ben' })
    const both = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        reply(n % 2, n % 2 === 0 ? ben : cleo, room, n % 3 === 0 ? seq : second),
      ),
    )
    const replies = [first, second, ...both].sort((one, other) => one - other)
    for (const [index, person] of [
      [0, ben],
      [1, cleo],
    ] as const) {
      const { body } = await rest(at(index), person).get(`/rooms/${room}/messages/${first}/thread?limit=100`)
      expect(body.items.map((each: Frame) => each.seq)).toEqual(replies)
      expect(body.root).toMatchObject({ seq, thread: { seq, replies: replies.length } })
      expect(body.following).toBe(true)
    }
    for (const socket of [bens, cleos]) {
      const created = () =>
        socket.heard('message.created').filter(({ message }) => message.thread_seq === seq)
      await socket.until('every reply', () => created().length === replies.length)
      expect(created().map((event) => event.seq)).toEqual(replies)
      await socket.until('every reply of the other', () => socket.heard('thread.replied').length === 11)
    }
    // What is read on one node is read on the other.
    const [item] = (await followed(1, cleo)).items
    const unread = (await followed(0, cleo)).items[0]!.unread
    expect(item!.unread).toBe(unread)
    await rest(at(0), cleo).put(`/rooms/${room}/messages/${seq}/thread/read`, { read_seq: replies.at(-1) })
    await cleos.until('the mark', () =>
      cleos
        .heard('thread.changed')
        .some(({ read_seq, unread }) => read_seq === replies.at(-1) && unread === 0),
    )
    expect(await followed(1, cleo)).toMatchObject({ items: [{ room, seq, unread: 0 }], unread: 0 })
    await rest(at(1), cleo).delete(`/rooms/${room}/messages/${seq}/thread/follow`)
    await reply(0, ben, room, seq)
    await cleos.until('the last reply', () => cleos.heard('message.created').length === replies.length + 2)
    expect(cleos.heard('thread.replied')).toHaveLength(11)
    for (const socket of [bens, cleos]) await socket.close()
  })
})
