import { expect, test } from 'bun:test'
import { createClient } from '../../src/sdk/client.ts'
import { apiTokenSession } from '../../src/sdk/credentials.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { waitFor } from '../support/client.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({}, cast)

test('a client sets keywords, which all clients of the person know, and which count live', async () => {
  const { server, ben, cleo } = at()
  const room = await makeRoom(server, ben, [cleo])
  const [one, other, bens] = [cleo, cleo, ben].map(({ token }) =>
    createClient({ url: server.url, session: apiTokenSession(token) }),
  ) as [ReturnType<typeof createClient>, ReturnType<typeof createClient>, ReturnType<typeof createClient>]
  for (const client of [one, other, bens]) client.connect()
  await waitFor('three clients', () => [one, other, bens].every(({ state }) => state.status === 'online'))
  expect(other.state.keywords).toBeUndefined()
  expect(await one.setKeywords(['#Tide', 'quay', 'TIDE'])).toEqual(['quay', 'Tide'])
  await waitFor('the keywords on the other', () => other.state.keywords)
  expect(other.state.keywords).toEqual(['quay', 'Tide'])
  expect(await other.loadKeywords()).toEqual(['quay', 'Tide'])
  const { seq } = await bens.room(room).send('High tide')
  await waitFor('the mention', () => other.state.rooms[room]?.mentions === 1)
  await bens.room(room).edit(seq, 'High water')
  await waitFor('no mention', () => other.state.rooms[room]?.mentions === 0)
  await expect(one.setKeywords(['?'])).rejects.toMatchObject({
    code: 'invalid',
    errors: [{ path: '/keywords/0', reason: 'keyword_without_word' }],
  })
  // A client that comes later has them from the beginning.
  const late = createClient({ url: server.url, session: apiTokenSession(cleo.token) })
  late.connect()
  await waitFor('the hello', () => late.state.status === 'online')
  expect(late.state.keywords).toEqual(['quay', 'Tide'])
  for (const client of [one, other, bens, late]) client.close()
})

test('a sent message resolves with the people whom it names and who are not in the room', async () => {
  const { server, ben, cleo, dan } = at()
  const room = await makeRoom(server, ben, [cleo])
  const client = createClient({ url: server.url, session: apiTokenSession(ben.token) })
  client.connect()
  await waitFor('the room', () => client.state.rooms[room])
  const { absent } = await client.room(room).send(`@${cleo.username} and @${dan.username}`)
  expect(absent?.map(({ username }) => username)).toEqual([dan.username])
  expect((await client.room(room).send('Nobody')).absent).toBeUndefined()
  client.close()
})
