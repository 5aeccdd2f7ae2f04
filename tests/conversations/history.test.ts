import { describe, expect, test } from 'bun:test'
import { type Cast, cast, makeRoom } from '../support/cast.ts'
import { socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor, type TestServer } from '../support/server.ts'

const count = 130

/** A room whose log has 130 messages, and other events between them. */
async function longRoom(server: TestServer) {
  const people: Cast = await cast(server)
  const room = await makeRoom(server, people.ben, [people.cleo])
  const socket = await socketOf(server, people.ben)
  for (let n = 1; n <= count; n++) {
    socket.send({ type: 'message.send', room, content: `message ${n}` })
    if (n % 10 === 0) await socket.ask({ type: 'reaction.add', room, seq: 3, emoji: `:r${n}:` })
  }
  await socket.ask({ type: 'ping' })
  await socket.close()
  return { ...people, room }
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, longRoom)
  const said = Array.from({ length: count }, (_, n) => `message ${n + 1}`)
  const contents = (items: { content: string }[]) => items.map(({ content }) => content)

  describe.each(eachDoor)('over %s', (door) => {
    test.each([1, 7, 50, 100])(
      'walking back by pages of %i meets every message exactly once',
      async (limit) => {
        const { server, cleo, room } = at()
        const client = await clientOver(door, server, cleo)
        const walked: string[] = []
        for (let before: number | undefined; ; ) {
          const { data } = await client.list(room, { limit, ...(before === undefined ? {} : { before }) })
          expect(data!.items.length).toBeLessThanOrEqual(limit)
          walked.unshift(...contents(data!.items))
          before = data!.next
          if (before === undefined) break
        }
        expect(walked).toEqual(said)
        await client.close()
      },
    )

    test.each([1, 7, 50, 100])(
      'walking on by pages of %i meets every message exactly once',
      async (limit) => {
        const { server, cleo, room } = at()
        const client = await clientOver(door, server, cleo)
        const walked: string[] = []
        for (let after: number | undefined = 0; after !== undefined; ) {
          const { data } = await client.list(room, { limit, after })
          walked.push(...contents(data!.items))
          after = data!.next
        }
        expect(walked).toEqual(said)
        await client.close()
      },
    )

    test('a page holds 50 messages unless asked otherwise, the newest, ascending', async () => {
      const { server, cleo, room } = at()
      const client = await clientOver(door, server, cleo)
      const { data } = await client.list(room, {})
      expect(contents(data!.items)).toEqual(said.slice(-50))
      expect(data!.next).toBe(data!.items[0].seq)
      await client.close()
    })

    test('between two positions is what lies strictly between them', async () => {
      const { server, cleo, room } = at()
      const client = await clientOver(door, server, cleo)
      const all = (await client.list(room, { after: 0, limit: 100 })).data!.items
      const { data } = await client.list(room, { after: all[9].seq, before: all[15].seq })
      expect(contents(data!.items)).toEqual(said.slice(10, 15))
      expect(data!.next).toBeUndefined()
      await client.close()
    })

    test('an empty page has no next', async () => {
      const { server, cleo, room } = at()
      const client = await clientOver(door, server, cleo)
      expect((await client.list(room, { before: 1 })).data).toEqual({ items: [] } as never)
      expect((await client.list(room, { after: 9_000_000_000 })).data).toEqual({ items: [] } as never)
      await client.close()
    })

    test('a page of more than 100, of none, or at no position is refused', async () => {
      const { server, cleo, room } = at()
      const client = await clientOver(door, server, cleo)
      for (const query of [
        { limit: 101 },
        { limit: 0 },
        { limit: -1 },
        { before: -1 },
        { after: 1.5 },
        { before: 2 ** 60 },
      ]) {
        expect([query, (await client.list(room, query)).code]).toEqual([query, 'invalid'])
      }
      await client.close()
    })

    test('only members read the history', async () => {
      const { server, dan, room } = at()
      const client = await clientOver(door, server, dan)
      expect((await client.list(room, {})).code).toBe('forbidden')
      expect((await client.list('no-such-room', {})).code).toBe('not_found')
      await client.close()
    })
  })
})
