import { describe, expect, test } from 'bun:test'
import { makeTokens } from '../../src/operator/tokens.ts'
import { post } from '../support/cast.ts'
import { type Frame, type Person, rest, socketOf, type TestSocket } from '../support/client.ts'
import { onBothDatabases, startServer, type TestServer } from '../support/server.ts'
import { statementsOf } from '../support/statements.ts'

const people = 100
const rooms = Array.from({ length: 4 }, (_, index) => `room-${index}`)

type Known = { room: string; epoch: string; head: number }

/** Somebody who has seen all but the last `missed` events of each room, and resumes there. */
async function comeBack(server: TestServer, person: { token: string }, known: Known[], missed: number) {
  const socket = await socketOf(server, person)
  await socket.next('hello')
  const replies = known.map(({ room, epoch, head }) =>
    socket.ask({ type: 'room.subscribe', room, since: { epoch, seq: head - missed } }),
  )
  return { socket, replies: await Promise.all(replies) }
}

await onBothDatabases((database) => {
  test('everybody comes back after a restart for less than half a statement each, and misses nothing', async () => {
    // What the index of searches asks for after a start is no part of anybody's return.
    const server = await startServer({ database, settings: { SEARCH: 'off' } })
    const usernames = Array.from({ length: people }, (_, index) => `fan${index}`)
    const fans = await makeTokens(server.tools, { usernames, create: true })
    const [owner] = fans as [Person]
    for (const id of rooms) await rest(server, owner).post('/rooms', { id })
    for (const fan of fans)
      await Promise.all(rooms.map((room) => rest(server, fan).put(`/rooms/${room}/members/me`, {})))
    for (const room of rooms) for (let n = 0; n < 8; n++) await post(server, owner, room, `${room} ${n}`)
    await server.restart()

    const listed = (await rest(server, owner).get('/rooms')).body.items as Frame[]
    const known = rooms.map((room) => {
      const { epoch, head } = listed.find(({ id }) => id === room)!
      return { room, epoch: epoch as string, head: head as number }
    })
    const before = statementsOf(server)
    const back = await Promise.all(fans.map((fan, index) => comeBack(server, fan, known, index % 8)))
    const each = (statementsOf(server) - before) / people
    // Was 26 with eleven rooms: a greeting, a session, a membership and a replay of each room for each person.
    expect(each).toBeLessThan(0.5)
    for (const [index, { replies }] of back.entries())
      for (const [nth, { data }] of replies.entries()) {
        const { head } = known[nth]!
        const missed = Array.from({ length: index % 8 }, (_, at) => head - (index % 8) + at + 1)
        expect([data.mode, data.events.map(({ seq }: Frame) => seq)]).toEqual(['replay', missed])
      }
    const sockets = back.map(({ socket }) => socket)
    const allHere = (socket: TestSocket) => (room: string) =>
      socket.heard('presence.changed').some((event) => event.room === room && event.count === people)
    await Promise.all(
      sockets.map((socket) => socket.until('all of them', () => rooms.every(allHere(socket)))),
    )
    const frames = sockets.reduce((sum, socket) => sum + socket.heard('presence.changed').length, 0)
    expect(frames / people / rooms.length).toBeLessThan(4)
    await Promise.all(sockets.map((socket) => socket.close()))
    await server.stop()
  })

  test('a person who is removed while their greeting is read is not let in by what it read', async () => {
    const server = await startServer({ database })
    const usernames = ['ann', 'ben']
    const [ann, ben] = (await makeTokens(server.tools, { usernames, create: true })) as [Person, Person]
    await rest(server, ben).post('/rooms', { id: 'den' })
    await rest(server, ann).put('/rooms/den/members/me', {})
    await server.restart()
    const { sql } = server.tools
    const { query } = sql
    const read = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    // The rows are there and late, as from a database with a slow line.
    sql.query = async <Row>(text: string, params?: unknown[]) => {
      const rows = await query<Row>(text, params)
      if (!text.includes('where members.user_id = any')) return rows
      read.resolve()
      await goOn.promise
      return rows
    }
    const socket = await socketOf(server, ann)
    await read.promise
    expect((await rest(server, ben).delete('/rooms/den/members/ann')).status).toBe(204)
    goOn.resolve()
    await socket.next('hello')
    expect((await socket.ask({ type: 'room.subscribe', room: 'den' })).code).toBe('forbidden')
    await socket.close()
    await server.stop()
  })

  describe('the greeting counts the same unread messages as a list of the rooms', () => {
    test('with their own messages, deleted ones, and marks far behind', async () => {
      const server = await startServer({ database })
      const [ann, ben] = (await makeTokens(server.tools, {
        usernames: ['ann', 'ben'],
        create: true,
      })) as [Person, Person]
      const made = ['near', 'far', 'quiet', 'busy']
      for (const id of made) {
        await rest(server, ann).post('/rooms', { id })
        await rest(server, ben).put(`/rooms/${id}/members/me`, {})
      }
      const compare = async () => {
        for (const person of [ann, ben]) {
          const socket = await socketOf(server, person)
          const hello = await socket.next('hello')
          const { items } = (await rest(server, person).get('/rooms')).body
          const brief = ({ id, head, read_seq, unread, role }: Frame) => ({
            id,
            head,
            read_seq,
            unread,
            role,
          })
          const joined = (items as Frame[]).filter(({ role }) => role)
          expect(hello.rooms.map(brief)).toEqual(joined.map(brief))
          await socket.close()
        }
      }
      await compare()
      const writer = await socketOf(server, ann)
      const say = async (room: string, count: number) => {
        for (let n = 0; n < count; n += 100)
          await Promise.all(
            Array.from({ length: Math.min(100, count - n) }, (_, nth) =>
              writer.ask({ type: 'message.send', room, content: `${n + nth}` }),
            ),
          )
      }
      await say('far', 1200)
      await say('busy', 620)
      await say('near', 6)
      await compare()
      const last = await post(server, ben, 'near', 'of his own')
      await rest(server, ann).delete(`/rooms/near/messages/${last - 2}`)
      await compare()
      await rest(server, ann).delete(`/rooms/busy/messages/5`)
      await rest(server, ben).put('/rooms/busy/read', { seq: 90 })
      await say('near', 2)
      await rest(server, ben).delete(`/rooms/near/messages/${last}`)
      await compare()
      await rest(server, ben).put('/rooms/near/read', { seq: last })
      await compare()
      await writer.close()
      await server.stop()
    })
  })
})
