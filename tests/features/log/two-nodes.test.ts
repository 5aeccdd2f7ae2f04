import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Appended } from '../../../src/features/log/repeats.ts'
import { writer } from '../../../src/features/log/writer.ts'
import { editMessage } from '../../../src/features/messages/edit.ts'
import { addReaction } from '../../../src/features/messages/reactions.ts'
import { passOfServer } from '../../../src/features/rooms/access.ts'
import type { KnownRoom } from '../../../src/features/rooms/known.ts'
import { postgresForTests } from '../../support/postgres.ts'
import { type Community, say, scopeOn, storedIn, twoNodes, upTo } from './nodes.ts'

const postgres = await postgresForTests()
if (!postgres)
  console.error('\n!!! NO POSTGRES HERE: the tests of two nodes on one database were NOT RUN. !!!\n')

const usernames = ['ada', 'ben', 'cleo', 'dan']

describe.skipIf(!postgres)('two nodes that write to the same rooms at the same time', () => {
  let community: Community
  beforeAll(async () => {
    community = (await twoNodes(usernames))!
  })
  afterAll(() => community?.stop())

  type Sent = { node: number; room: KnownRoom; clientId: string; answer: Appended }

  /** Each person sends through one node, over the rooms in turn, with a few messages on their way at a time. */
  async function talk(count: number, name: string): Promise<Sent[]> {
    const { nodes, people, rooms } = community
    const talks = people.map(async (author, who) => {
      const at = who % 2
      // One node goes round the rooms in the opposite direction: its statements meet the other's in another order.
      const round = at === 0 ? rooms : rooms.toReversed()
      const sent: Promise<Sent>[] = []
      for (let n = 0; n < count; n++) {
        const room = round[n % 3]!
        const clientId = `${name} ${who} ${n}`
        sent.push(
          say(nodes[at]!, room, author, clientId).then((answer) => ({ node: at, room, clientId, answer })),
        )
        if (n >= 9) await sent[n - 9]
      }
      return Promise.all(sent)
    })
    return (await Promise.all(talks)).flat()
  }

  /** What is always true: numbered without a hole, published once and in order, everything acknowledged is stored. */
  async function check(sent: Sent[]): Promise<void> {
    const { nodes, rooms } = community
    for (const room of rooms) {
      const log = await storedIn(nodes[0], room)
      expect(log.map(({ seq }) => seq)).toEqual(upTo(log.length))
      const bySeq = new Map(log.map(({ seq, clientId }) => [seq, clientId]))
      for (const { clientId, answer, room: of } of sent)
        if (of === room) expect(bySeq.get(answer.seq)).toBe(clientId)
      nodes.forEach((node, at) => {
        const published = node.published(room).map(({ seq }) => seq)
        const first = published[0] ?? 1
        expect(published).toEqual(published.map((_, index) => first + index))
        const own = sent.filter((send) => send.node === at && send.room === room)
        expect(published.at(-1) ?? 0).toBeGreaterThanOrEqual(
          Math.max(0, ...own.map(({ answer }) => answer.seq)),
        )
        for (const { seq, clientId } of node.published(room))
          expect(clientId).toBe(bySeq.get(seq) ?? undefined)
      })
    }
  }

  test('share one sequence without a hole, each sender in order, each event published once and in order', async () => {
    const sent = await talk(250, 'together')
    expect(sent).toHaveLength(1000)
    await check(sent)
    const { nodes, rooms, people } = community
    for (const room of rooms) {
      const log = await storedIn(nodes[0], room)
      for (const { id } of people) {
        const own = log.filter(({ actorId, clientId }) => actorId === id && clientId?.startsWith('together'))
        const numbers = own.map(({ clientId }) => Number(clientId!.split(' ')[2]))
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
        expect(numbers.length).toBeGreaterThan(80)
      }
    }
  })

  test('store a client_id once, whichever of them gets it first, and tell both the same place', async () => {
    const { nodes, rooms, people } = community
    const ben = people[1]!
    const answers = await Promise.all(
      upTo(60).map((n) => Promise.all(nodes.map((node) => say(node, rooms[n % 3]!, ben, `twice ${n}`)))),
    )
    for (const [one, other] of answers) {
      expect(one!.seq).toBe(other!.seq)
      expect(one!.at).toEqual(other!.at)
      expect([one!.repeated, other!.repeated].sort()).toEqual([false, true])
    }
    const all = (await Promise.all(rooms.map((room) => storedIn(nodes[0], room)))).flat()
    expect(all.filter(({ clientId }) => clientId?.startsWith('twice'))).toHaveLength(60)
    await check([])
  })

  test('refuse the same client_id with another text on the other node', async () => {
    const { nodes, rooms, people } = community
    const outcomes = await Promise.allSettled(
      nodes.map((node, at) => say(node, rooms[0], people[1]!, 'one id', `text ${at}`)),
    )
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect(refused.reason).toMatchObject({ code: 'conflict' })
  })

  test('keep all of it with joins, leavings, edits and reactions in between', async () => {
    const { nodes, rooms, people } = community
    const [ada, , cleo, dan] = people
    const first = await say(nodes[0], rooms[0], ada!, 'to be edited')
    const adas = [await scopeOn(nodes[0], ada!), await scopeOn(nodes[1], ada!)]
    const changes = upTo(15).map(async (n) => {
      const at = n % 2
      await editMessage(adas[at]!, rooms[0].id, first.seq, `edited ${n}`)
      await addReaction(adas[at]!, rooms[0].id, first.seq, `:e${n}:`)
    })
    const comings = rooms.flatMap((room) =>
      nodes.map(async ({ tools }, at) => {
        const actor = [cleo!, dan!][at]!
        const member = { actor, member: actor, detail: { user: actor.id, role: 'member' } } as const
        for (let n = 0; n < 5; n++) {
          await writer(tools).transact(
            passOfServer(room),
            async ({ add }) => void add({ kind: 'member.joined', ...member }),
          )
          await writer(tools).transact(
            passOfServer(room),
            async ({ add }) => void add({ kind: 'member.left', ...member }),
          )
        }
      }),
    )
    const [sent] = await Promise.all([talk(80, 'mixed'), ...changes, ...comings])
    await check(sent)
    const log = await storedIn(nodes[0], rooms[0])
    const kinds = (kind: number) => log.filter((entry) => entry.kind === kind).length
    expect([kinds(2), kinds(4), kinds(8), kinds(9)]).toEqual([15, 15, 11, 10])
  })
})
