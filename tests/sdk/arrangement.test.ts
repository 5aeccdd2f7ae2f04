import { expect, test } from 'bun:test'
import { createClient } from '../../src/sdk/client.ts'
import { apiTokenSession } from '../../src/sdk/credentials.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { waitFor } from '../support/client.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({}, cast)

test('a client arranges the list of rooms, and all clients of the person have it arranged', async () => {
  const { server, ben } = at()
  const room = await makeRoom(server, ben, [])
  const connected = async () => {
    const client = createClient({ url: server.url, session: apiTokenSession(ben.token) })
    client.connect()
    await waitFor('a client', () => client.state.status === 'online')
    return client
  }
  const [one, other] = [await connected(), await connected()]
  expect(other.state.arrangement).toBeUndefined()
  const { sections } = await one.arrange({ order: 'activity', sections: [{ name: 'Work' }] })
  await waitFor('the arrangement on the other', () => other.state.arrangement)
  expect(other.state.arrangement).toEqual({ order: 'activity', sections })
  await one.room(room).setSection(sections[0]!.id)
  await waitFor('the section on the other', () => other.state.rooms[room]?.section === sections[0]!.id)
  const late = await connected()
  expect(late.state.arrangement).toEqual(other.state.arrangement!)
  expect(late.state.rooms[room]!.section).toBe(sections[0]!.id)

  // A room is as active as its last event.
  await other.room(room).open()
  const before = other.state.rooms[room]!.last_at!
  const { seq } = await one.room(room).send('Ahoy')
  await waitFor('the message', () => other.state.rooms[room]!.head === seq)
  expect(other.state.rooms[room]!.last_at! > before).toBe(true)
  const listed = (await late.loadRooms()).find(({ id }) => id === room)!
  expect(other.state.rooms[room]!.last_at).toBe(listed.last_at!)

  // What was in a section that is gone is in none.
  await one.arrange({ sections: [] })
  await waitFor('no section', () => other.state.rooms[room]!.section === undefined)
  expect(other.state.arrangement).toEqual({ order: 'activity', sections: [] })
  await expect(one.room(room).setSection(sections[0]!.id)).rejects.toMatchObject({
    errors: [{ path: '/section', reason: 'section_not_found' }],
  })
  for (const client of [one, other, late]) client.close()
})
