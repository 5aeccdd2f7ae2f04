import { describe, expect, test } from 'bun:test'
import { makeTokens } from '../../src/operator/tokens.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { type Frame, rest, socketOf, type TestSocket } from '../support/client.ts'
import { serverFor, type TestServer } from '../support/server.ts'

const at = serverFor({ database: 'postgres' }, cast)

const changesOf = (socket: TestSocket, room: string) =>
  socket.heard('presence.changed').filter((event) => event.room === room)
const namesOf = (events: Frame[], status: 'online' | 'offline') =>
  events.flatMap((event) => event[status] ?? [])

/** New people, members of the room. */
async function fans(server: TestServer, room: string, owner: { token: string }, count: number) {
  const tag = crypto.randomUUID().slice(0, 8)
  const usernames = Array.from({ length: count }, (_, index) => `fan-${tag}-${index}`)
  const people = await makeTokens(server.tools, { usernames, create: true })
  for (const person of people) await rest(server, person).put(`/rooms/${room}/members/me`, {})
  expect((await rest(server, owner).get(`/rooms/${room}`)).status).toBe(200)
  return people
}

async function enter(server: TestServer, people: { token: string }[], room: string) {
  const sockets = await Promise.all(people.map((person) => socketOf(server, person)))
  await Promise.all(sockets.map((socket) => socket.ask({ type: 'room.subscribe', room })))
  return sockets
}

const listed = async (socket: TestSocket, room: string) =>
  (await socket.ask({ type: 'presence.list', room })).data

describe('presence', () => {
  test('belongs to the person, not to the socket: it changes with their first socket and after their last', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const listener = await socketOf(server, ben)
    await listener.ask({ type: 'room.subscribe', room })
    const cleos = await Promise.all(Array.from({ length: 3 }, () => socketOf(server, cleo)))
    for (const socket of cleos) await socket.ask({ type: 'room.subscribe', room })
    await listener.until('cleo online', () => namesOf(changesOf(listener, room), 'online').includes('cleo'))
    expect(await listed(listener, room)).toEqual({ room, count: 2, online: ['ben', 'cleo'] })

    await cleos[0]!.close()
    await cleos[1]!.ask({ type: 'room.unsubscribe', room })
    await cleos[2]!.close()
    await listener.until('cleo offline', () => namesOf(changesOf(listener, room), 'offline').length > 0)
    expect(await listed(listener, room)).toEqual({ room, count: 1, online: ['ben'] })
    const about = { type: 'presence.changed', room }
    expect(changesOf(listener, room)).toEqual([
      { ...about, online: ['ben'], count: 1, username: 'ben', status: 'online' },
      { ...about, online: ['cleo'], count: 2, username: 'cleo', status: 'online' },
      { ...about, offline: ['cleo'], count: 1, username: 'cleo', status: 'offline' },
    ])
    await Promise.all([listener.close(), cleos[1]!.close()])
  })

  test('of a person who reconnects, or opens and closes twenty sockets at once, does not change', async () => {
    const { server, ben, cleo, ada } = at()
    const room = await makeRoom(server, ben, [cleo, ada])
    const listener = await socketOf(server, ben)
    await listener.ask({ type: 'room.subscribe', room })
    for (let round = 0; round < 3; round++) {
      const cleos = await enter(
        server,
        Array.from({ length: 20 }, () => cleo),
        room,
      )
      await Promise.all(cleos.map((socket) => socket.close()))
      expect(await listed(listener, room)).toEqual({ room, count: 2, online: ['ben', 'cleo'] })
    }
    await listener.until('cleo offline', () => namesOf(changesOf(listener, room), 'offline').length > 0)
    expect(namesOf(changesOf(listener, room), 'online')).toEqual(['ben', 'cleo'])
    expect(namesOf(changesOf(listener, room), 'offline')).toEqual(['cleo'])
    expect((await listed(listener, room)).count).toBe(1)
    await listener.close()
  })

  test('ends at once when a person leaves the room: there is nothing to come back to', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const [listener, leaving] = (await enter(server, [ben, cleo], room)) as [TestSocket, TestSocket]
    await leaving.ask({ type: 'room.leave', room })
    expect(await listed(listener, room)).toEqual({ room, count: 1, online: ['ben'] })
    await Promise.all([listener.close(), leaving.close()])
  })

  test('delivers nothing to a person who was online a moment ago', async () => {
    const { server, ben, cleo } = at()
    const { body } = await rest(server, ben).post('/directs', { usernames: ['cleo'] })
    const [bens, cleos] = (await enter(server, [ben, cleo], body.id)) as [TestSocket, TestSocket]
    await cleos.close()
    const { data } = await bens.ask({ type: 'message.send', room: body.id, content: 'Are you there?' })
    await bens.until('the mark of ben', () =>
      bens.heard('receipt.changed').some(({ delivered_seq }) => delivered_seq >= data.seq),
    )
    await bens.ask({ type: 'ping' })
    const cleosMarks = bens.heard('receipt.changed').filter(({ username }) => username === 'cleo')
    expect(cleosMarks.every(({ delivered_seq }) => delivered_seq < data.seq)).toBe(true)
    await bens.close()
  })
})

describe('a crowd', () => {
  /** Everybody enters `rooms` rooms of their own, the first socket first; says how many presence events each socket got in each, and in which time. */
  async function crowd(people: number, rooms: number) {
    const { server, ben } = at()
    const ids = await Promise.all(Array.from({ length: rooms }, () => makeRoom(server, ben, [])))
    const members = await fans(server, ids[0]!, ben, people)
    for (const id of ids.slice(1))
      for (const member of members) await rest(server, member).put(`/rooms/${id}/members/me`, {})
    const sockets = await Promise.all(members.map((member) => socketOf(server, member)))
    const began = performance.now()
    const subscribe = (socket: TestSocket, room: string) => socket.ask({ type: 'room.subscribe', room })
    for (const room of ids) {
      await subscribe(sockets[0]!, room)
      await Promise.all(sockets.slice(1).map((socket) => subscribe(socket, room)))
    }
    for (const room of ids)
      for (const socket of sockets)
        await socket.until('all of them', () => changesOf(socket, room).at(-1)?.count === people)
    return {
      most: Math.max(...ids.flatMap((room) => sockets.map((socket) => changesOf(socket, room).length))),
      seconds: (performance.now() - began) / 1000,
      sockets,
    }
  }

  test('costs each socket one event a second in each room, however many come: linear, not quadratic', async () => {
    const { most, seconds, sockets } = await crowd(80, 2)
    // Not one for each who came. On a slow machine they come for longer.
    expect(most).toBeLessThanOrEqual(Math.floor(seconds) + 2)
    const names = namesOf(sockets[0]!.heard('presence.changed'), 'online')
    expect(names.length).toBe(80 * 2)
    await Promise.all(sockets.map((socket) => socket.close()))
  })

  test('above two hundred is a number; below it again, one event names everybody', async () => {
    const { server, ben } = at()
    const room = await makeRoom(server, ben, [])
    const members = await fans(server, room, ben, 203)
    const listener = await socketOf(server, ben)
    await listener.ask({ type: 'room.subscribe', room })
    const sockets = await enter(server, members, room)
    const full = await listener.until('the number of all', () =>
      changesOf(listener, room).find(({ count }) => count === 204),
    )
    expect(full).toEqual({ type: 'presence.changed', room, count: 204 })
    const list = await listed(listener, room)
    expect([list.count, list.online.length]).toEqual([204, 200])
    for (const socket of sockets.slice(0, 100)) await socket.ask({ type: 'room.unsubscribe', room })
    const named = await listener.until('names again', () =>
      changesOf(listener, room).find(({ online }, index, all) => online && index > all.indexOf(full)),
    )
    expect(named.online).toHaveLength(named.count)
    await listener.until('the others', () => changesOf(listener, room).at(-1)!.count === 104)
    await Promise.all([listener, ...sockets].map((socket) => socket.close()))
  })
})
