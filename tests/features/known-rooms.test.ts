import { expect, test } from 'bun:test'
import { knownRooms, type Membership } from '../../src/features/rooms/known.ts'
import type { RoomRow } from '../../src/features/rooms/store.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { rest, socketOf } from '../support/client.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({ database: 'postgres' }, async (server) => {
  const people = await cast(server)
  const id = await makeRoom(server, people.ben, [people.cleo])
  return { ...people, id }
})
const member: Membership = { role: 'member', silencedUntil: null, blocked: false }

// Each room had a bound for its members, and 20,000 rooms of 50,000 members are no bound.
test('rooms and memberships in memory are bounded, and those that are used stay', async () => {
  const { server, ben, id } = at()
  const known = knownRooms(server.tools)
  const own = (await known.find(id))!
  const bens = [...own.members.keys()][0]!
  const rooms = Array.from(
    { length: 30_000 },
    (_, n): RoomRow => ({ ...own, key: -1 - n, id: `r${n}` }) as never,
  )
  for (const [n, room] of rooms.entries()) {
    known.learning()(
      [room],
      Array.from({ length: 30 }, (_, m) => ({ roomKey: room.key, userId: `u${m}`, member })),
    )
    if (n % 1000 > 0) continue
    expect(known.peek(id, bens)?.room).toBe(own)
    // The server of this process has more to do: its connections, its lock.
    await Bun.sleep(1)
  }
  const { rooms: count, memberships } = known.inMemory()
  expect(count).toBe(20_000)
  expect(memberships).toBeLessThanOrEqual(500_000)
  expect(memberships).toBeGreaterThan(400_000)
  expect((await rest(server, ben).get(`/rooms/${id}`)).body).toMatchObject({ role: 'owner' })
})

// The whole row of the greeting was kept: for each direct room also its people, their ids and their names.
test('a greeting leaves of a room in memory what a look at the room would', async () => {
  const { server, ben } = at()
  const { body } = await rest(server, ben).post('/directs', { usernames: ['cleo'] })
  const known = knownRooms(server.tools)
  const loaded = await known.find(body.id)
  known.forget(loaded!.key)
  const socket = await socketOf(server, ben)
  await socket.next('hello')
  const greeted = await known.find(body.id)
  expect(greeted).not.toBe(loaded)
  expect(Object.keys(greeted!).toSorted()).toEqual(Object.keys(loaded!).toSorted())
  await socket.close()
})

test('one room with more members than fit does not grow without end', async () => {
  const { server } = at()
  const known = knownRooms(server.tools)
  const huge = {
    ...(await known.find('general'))!,
    key: -99_999,
    id: 'huge',
    archivedAt: null,
    deletedAt: null,
  }
  const learn = known.learning()
  learn(
    [huge],
    Array.from({ length: 600_000 }, (_, m) => ({ roomKey: huge.key, userId: `u${m}`, member })),
  )
  expect(known.inMemory().memberships).toBeLessThanOrEqual(500_000)
})
