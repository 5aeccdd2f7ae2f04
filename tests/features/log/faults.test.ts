import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Appended } from '../../../src/features/log/repeats.ts'
import { writer } from '../../../src/features/log/writer.ts'
import { passOfServer } from '../../../src/features/rooms/access.ts'
import type { KnownRoom } from '../../../src/features/rooms/known.ts'
import { ChatError } from '../../../src/protocol/errors.ts'
import { isUnavailable } from '../../../src/storage/errors.ts'
import { waitFor } from '../../support/client.ts'
import { postgresForTests } from '../../support/postgres.ts'
import { type Community, type Node, type Stored, say, storedIn, twoNodes, upTo } from './nodes.ts'

const postgres = await postgresForTests()
if (!postgres) console.error('\n!!! NO POSTGRES HERE: the tests of the log under faults were NOT RUN. !!!\n')

type Outcome = { clientId: string; room: KnownRoom; node: number; answer?: Appended; refused?: string }

const codeOf = (error: unknown): string =>
  error instanceof ChatError ? error.code : isUnavailable(error) ? 'unavailable' : String(error)

describe.skipIf(!postgres)('the log of two nodes', () => {
  let community: Community
  beforeAll(async () => {
    community = (await twoNodes(['ada', 'ben']))!
  })
  afterAll(() => community?.stop())

  async function attempt(node: number, room: KnownRoom, clientId: string): Promise<Outcome> {
    const { nodes, people } = community
    const about = { clientId, room, node }
    return say(nodes[node]!, room, people[node]!, clientId).then(
      (answer) => ({ ...about, answer }),
      (error) => ({ ...about, refused: codeOf(error) }),
    )
  }

  /** Sends on both nodes to all rooms, a few at a time, while `meanwhile` goes on. */
  async function talkDuring(name: string, meanwhile: () => Promise<void>): Promise<Outcome[]> {
    let over = false
    const talks = [0, 1].map(async (node) => {
      const outcomes: Promise<Outcome>[] = []
      for (let n = 0; !over || n < 200; n++) {
        outcomes.push(attempt(node, community.rooms[n % 3]!, `${name} ${node} ${n}`))
        if (n >= 12) await outcomes[n - 12]
        // A log that answers before it has stored would let nothing else happen.
        if (n % 20 === 0) await Bun.sleep(1)
      }
      return Promise.all(outcomes)
    })
    await meanwhile()
    over = true
    return (await Promise.all(talks)).flat()
  }

  /** A read fails, too, on a connection whose end has not been noticed yet. */
  const logOf = (node: Node, room: KnownRoom): Promise<Stored[]> =>
    waitFor('its log', () =>
      storedIn(node, room).catch((error) => {
        if (!isUnavailable(error)) throw error
        return undefined
      }),
    )

  async function expectKept(outcomes: Outcome[]): Promise<void> {
    for (const room of community.rooms) {
      const log = await logOf(community.nodes[0], room)
      expect(log.map(({ seq }) => seq)).toEqual(upTo(log.length))
      const ids = log.flatMap(({ clientId }) => clientId ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      const place = new Map(log.map(({ seq, clientId }) => [clientId, seq]))
      for (const { clientId, answer } of outcomes.filter((outcome) => outcome.room === room))
        if (answer) expect([clientId, place.get(clientId)]).toEqual([clientId, answer.seq])
    }
  }

  /** An entry whose answer was lost is published too, by the node that wrote it, and every entry once, in order. */
  async function expectPublished(): Promise<void> {
    const { nodes, people, rooms } = community
    for (const room of rooms) {
      for (const [at, node] of nodes.entries()) {
        const own = (await logOf(node, room)).findLast(({ actorId }) => actorId === people[at]!.id)!.seq
        await waitFor('its last entry', () => (node.published(room).at(-1)?.seq ?? 0) >= own)
        const published = node.published(room).map(({ seq }) => seq)
        expect(published).toEqual(published.map((_, index) => published[0]! + index))
      }
    }
  }

  test('survives ended backends: each send is stored once, or refused and stored once by its retry', async () => {
    const { nodes } = community
    const end = `select count(pg_terminate_backend(pid))::int as ended from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = 'parley'`
    let ended = 0
    const outcomes = await talkDuring('cut', async () => {
      for (let round = 0; round < 12; round++) {
        await Bun.sleep(20 + Math.random() * 40)
        const rows = await nodes[round % 2]!.tools.sql.query<{ ended: number }>(end).catch(() => [])
        ended += rows[0]?.ended ?? 0
      }
    })
    expect(ended).toBeGreaterThan(10)
    const refused = outcomes.filter((outcome) => outcome.refused)
    expect([...new Set(refused.map((outcome) => outcome.refused))]).toEqual(['unavailable'])
    await expectKept(outcomes)
    await expectPublished()
    for (const { node, room, clientId } of refused) {
      const again = await waitFor('the retry', async () => {
        const outcome = await attempt(node, room, clientId)
        return outcome.answer && outcome
      })
      outcomes.push(again)
    }
    await expectKept(outcomes)
    await expectKept(outcomes)
    await expectPublished()
  })

  test('goes on when a room is deleted under it: each send to that room is stored or fails alone', async () => {
    const { nodes, rooms } = community
    const doomed = rooms[1]
    const outcomes = await talkDuring('doomed', async () => {
      await waitFor('some messages', async () => (await storedIn(nodes[0], doomed)).length > 50)
      await writer(nodes[0].tools).transact(passOfServer(doomed), async ({ sql, at }) => {
        await sql.query('update rooms set deleted_at = $2 where key = $1', [doomed.key, at])
      })
    })
    await expectKept(outcomes)
    for (const { room, refused } of outcomes)
      expect([room.id, refused ?? 'not_found']).toEqual([
        room.id,
        room === doomed || !refused ? 'not_found' : 'stored',
      ])
    expect(outcomes.some(({ refused }) => refused === 'not_found')).toBe(true)
    expect(await attempt(1, doomed, 'too late')).toMatchObject({ refused: 'not_found' })
    expect((await attempt(1, rooms[0], 'and on')).answer).toBeDefined()
    await expectPublished()
  })
})
