import { describe, expect, test } from 'bun:test'
import { commands } from '../../src/protocol/commands.ts'
import { routes } from '../../src/protocol/routes.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { rest, socketOf, tryUpgrade } from '../support/client.ts'
import { onBothDatabases, serverFor, type TestServer } from '../support/server.ts'

/*
 * A room that Dan may not know of was refused in 0.3 ms, because it was in memory, and one that does not exist in 1.3 ms, because
 * the database was asked for it. What is compared here is the number of queries, and not the time.
 */

/**
 * Counts the statements of this server about a person or a room, of either driver, and its transactions. The server asks for
 * other things by itself from time to time.
 */
function countQueries({ tools: { sql } }: TestServer, person: string) {
  type Run = (...args: unknown[]) => unknown
  const client = (sql.db as unknown as { $client: { unsafe?: Run; query?: Run } }).$client
  let count = 0
  let wanted: string | undefined
  const counting =
    (run: Run): Run =>
    (...args) => {
      // Without parameters it is about nobody: the server asks so by itself.
      const params = Array.isArray(args[1]) ? args[1].flat() : []
      if (params.includes(person) || params.includes(wanted)) count++
      return run(...args)
    }
  for (const name of ['unsafe', 'query'] as const) {
    if (client[name]) client[name] = counting(client[name].bind(client))
  }
  const transact = sql.transaction as Run
  const transaction: Run = (...args) => {
    count++
    return transact(...args)
  }
  Object.assign(sql, { query: counting(sql.query as Run), transaction })
  return async (room: string, act: (room: string) => Promise<unknown>): Promise<number> => {
    count = 0
    wanted = room
    await act(room)
    return count
  }
}

const bodies: Record<string, object> = {
  'PATCH /rooms/:room': { title: 'x' },
  'POST /rooms/:room/messages': { content: 'x' },
  'POST /rooms/:room/files': { a: 'file' },
  'PUT /rooms/:room/avatar': { a: 'file' },
  'PATCH /rooms/:room/messages/:seq': { content: 'x' },
  'POST /rooms/:room/messages/:seq/report': { reason: 'x' },
  'PUT /rooms/:room/members/:username/silence': { until: '2099-01-01T00:00:00.000Z' },
  'PUT /rooms/:room/notifications': { level: 'nothing' },
  'PUT /rooms/:room/section': { section: null },
  'PUT /rooms/:room/favourite': { favourite: true },
  'PUT /rooms/:room/read': { seq: 1 },
  'PUT /rooms/:room/messages/:seq/thread/read': { read_seq: 1 },
  'POST /rooms/:room/webhooks': { name: 'x' },
  'POST /rooms/:room/webhooks/out': { url: 'https://hooks.invalid/' },
  'PATCH /rooms/:room/webhooks/out/:id': { paused: true },
}
const placeholders: Record<string, string> = { seq: '1', emoji: '%E2%9A%93' }
const roomRoutes = Object.keys(routes).filter((name) => name.includes('/:room'))

const params: Record<string, object> = {
  'section.set': { section: null },
  'favourite.set': { favourite: true },
  'message.send': { content: 'x' },
  'thread.read': { seq: 1, read_seq: 1 },
  'message.edit': { seq: 1, content: 'x' },
  ...Object.fromEntries(
    [
      'message.delete',
      'read.mark',
      'reaction.list',
      'thread.list',
      'version.list',
      'thread.follow',
      'thread.unfollow',
      'saved.add',
      'saved.remove',
      'pin.add',
      'pin.remove',
    ].map((type) => [type, { seq: 1 }]),
  ),
  'preview.remove': { seq: 1, preview: 'none' },
  ...Object.fromEntries(['reaction.add', 'reaction.remove'].map((type) => [type, { seq: 1, emoji: '⚓' }])),
}
/** The others only speak of a room that the socket is subscribed to. */
const roomCommands = Object.entries(commands)
  .filter(([type, { properties }]) => 'room' in properties && type !== 'room.unsubscribe')
  .map(([type]) => type)

await onBothDatabases((database) => {
  // Searches are filled in at any moment, with transactions that would be counted.
  const at = serverFor({ database, settings: { SEARCH: 'off' } }, async (server) => {
    const people = await cast(server)
    const closed = await makeRoom(server, people.ben, [], { access: 'closed' })
    await rest(server, people.ada).post('/rooms', { id: 'staff', access: 'admins' })
    // In memory, as a room that is used.
    await rest(server, people.ben).get(`/rooms/${closed}/messages`)
    await rest(server, people.ada).get('/rooms/staff/messages')
    return { ...people, hidden: [closed, 'staff'], queriesOf: countQueries(server, people.dan.id) }
  })

  test('the queries are counted', async () => {
    const { server, dan, queriesOf } = at()
    const none = crypto.randomUUID()
    expect(await queriesOf(none, () => rest(server, dan).get(`/rooms/${none}`))).toBe(2)
  })

  describe('a hidden room costs as many queries as none, at the first question and at the next', () => {
    test.each(roomRoutes)('%s', async (name) => {
      const { server, dan, hidden, queriesOf } = at()
      const [method, path] = name.split(' ') as [string, string]
      const ask = async (room: string) => {
        const place = path
          .replace(':room', room)
          .replace(/:(\w+)/g, (_, each: string) => placeholders[each] ?? 'ben')
        const { status, body } = await rest(server, dan).call(method, place, bodies[name])
        expect([name, status, body.code]).toEqual([name, 404, 'not_found'])
      }
      for (const room of hidden) {
        const none = crypto.randomUUID()
        for (const time of ['first', 'next']) {
          const queries = [await queriesOf(room, ask), await queriesOf(none, ask)]
          expect([time, queries[0]]).toEqual([time, queries[1]])
        }
      }
    })

    test.each(roomCommands)('%s', async (type) => {
      const { server, dan, hidden, queriesOf } = at()
      const socket = await socketOf(server, dan)
      await socket.next('hello')
      const ask = async (room: string) => {
        expect(await socket.ask({ type, room, ...params[type] })).toMatchObject({ code: 'not_found' })
      }
      for (const room of hidden) {
        const none = crypto.randomUUID()
        for (const time of ['first', 'next']) {
          const queries = [await queriesOf(room, ask), await queriesOf(none, ask)]
          expect([time, queries[0]]).toEqual([time, queries[1]])
        }
      }
      await socket.close()
    })

    test('the simple socket', async () => {
      const { server, dan, hidden, queriesOf } = at()
      const ask = async (room: string) => {
        const { status } = await tryUpgrade(server, `/ws/${room}`, { authorization: `Bearer ${dan.token}` })
        expect(status).toBe(404)
      }
      for (const room of hidden) {
        expect(await queriesOf(room, ask)).toBe(await queriesOf(crypto.randomUUID(), ask))
      }
    })
  })

  // Decided, and in SECURITY.md: names of rooms that are not closed or direct are one set, so a taken one can be found out.
  test('only the name of a room for administrators can be found out, by creating one', async () => {
    const { server, dan, hidden } = at()
    const tried = await Promise.all(
      hidden.map((id) => rest(server, dan).post('/rooms', { id, access: 'closed' })),
    )
    expect(tried.map(({ status }) => status)).toEqual([201, 201])
    const [closed, staff] = await Promise.all(hidden.map((id) => rest(server, dan).post('/rooms', { id })))
    expect([staff!.status, staff!.body.reason]).toEqual([409, 'room_taken'])
    expect(closed!.status).toBe(409)
  })
})
