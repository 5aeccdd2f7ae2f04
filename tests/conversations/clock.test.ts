import { expect, test } from 'bun:test'
import { makeToken } from '../features/tokens.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Person, rest, socketOf } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

/*
 * A server whose clock was set back by an hour showed messages an hour older than those before them, and a message
 * that had been edited before it was written.
 */
const hourMs = 3_600_000

await onBothDatabases((database) => {
  // API tokens, because a session would have to be renewed with each change of the clock.
  const at = serverFor({ database }, async (server) => {
    const { ben, cleo } = await cast(server)
    const withToken = async (person: Person): Promise<Person> => {
      const { token } = await makeToken(server, person, { scopes: ['read', 'write', 'rooms'] })
      return { ...person, token }
    }
    return { ben: await withToken(ben), cleo: await withToken(cleo) }
  })

  const shiftClock = (byMs: number) => {
    at().server.tools.clock = () => new Date(Date.now() + byMs)
  }

  async function timesOf(person: Person, room: string): Promise<string[]> {
    const { body } = await rest(at().server, person).get(`/rooms/${room}/log?since=0`)
    return body.items.map((item: { at: string }) => item.at)
  }

  test.each(eachDoor)('over %s, time in a room never goes back with the clock', async (door) => {
    const { server, ben, cleo } = at()
    shiftClock(0)
    const [room, other] = [await makeRoom(server, ben, [cleo]), await makeRoom(server, ben)]
    const listener = await socketOf(server, cleo)
    await listener.ask({ type: 'room.subscribe', room })
    const client = await clientOver(door, server, ben)
    shiftClock(hourMs)
    const { data: first } = await client.send(room, { content: 'an hour ahead' })
    for (const byMs of [0, -hourMs, -87_600 * hourMs]) {
      shiftClock(byMs)
      // A batch of two rooms, of which only one is ahead of the clock.
      const [here, there] = await Promise.all([
        client.send(room, { content: 'later' }),
        client.send(other, { content: 'elsewhere' }),
      ])
      expect(here.data!.created_at).toBe(first!.created_at)
      expect(Date.parse(there.data!.created_at)).toBeLessThan(Date.now() + 60_000)
      await client.edit(room, first!.seq, `changed ${byMs}`)
      await client.pin(room, first!.seq)
      await client.unpin(room, first!.seq)
    }
    await client.remove(room, first!.seq)
    const { body } = await rest(server, ben).get(`/rooms/${room}/messages/${first!.seq}`)
    expect(body.deleted_at >= body.created_at).toBe(true)
    for (const each of [room, other]) {
      const times = await timesOf(ben, each)
      expect(times).toEqual(times.toSorted())
    }
    await listener.until('the deletion', () => listener.heard('message.deleted').length > 0)
    const heard = listener.events().map((event) => event.at as string)
    expect(heard).toEqual(heard.toSorted())
    await Promise.all([client.close(), listener.close()])
  })

  test('not over a restart either', async () => {
    const { server, ben } = at()
    shiftClock(0)
    const room = await makeRoom(server, ben)
    shiftClock(hourMs)
    await post(server, ben, room, 'an hour ahead')
    await server.restart()
    await post(server, ben, room, 'after it')
    shiftClock(-hourMs)
    await post(server, ben, room, 'and before')
    const times = await timesOf(ben, room)
    expect(times).toEqual(times.toSorted())
    expect(times.at(-1)).toBe(times.at(-3))
  })
})
