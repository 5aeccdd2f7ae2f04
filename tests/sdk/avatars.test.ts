import { expect, test } from 'bun:test'
import { createClient } from '../../src/sdk/client.ts'
import { apiTokenSession } from '../../src/sdk/credentials.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { type Person, waitFor } from '../support/client.ts'
import { look } from '../support/files.ts'
import { photo } from '../support/pictures.ts'
import { serverFor } from '../support/server.ts'

const at = serverFor({}, async (server) => {
  const people = await cast(server)
  return { ...people, room: await makeRoom(server, people.ben, [people.cleo]) }
})

const online = async (person: Person) => {
  const client = createClient({ url: at().server.url, session: apiTokenSession(person.token) })
  client.connect()
  await client.ready()
  return client
}

test('a picture that somebody sets is in the state of everybody who shares a room with them', async () => {
  const { server, ben, cleo, room } = at()
  const [his, hers] = [await online(ben), await online(cleo)]
  const direct = await hers.openDirect(['ben'])
  for (const client of [his, hers]) for (const id of [room, direct.id]) await client.room(id).open()
  const { seq } = await his.room(room).send('First')
  await his.room(room).reply(seq, 'In a thread')
  await hers.room(room).members()
  await hers.room(room).thread(seq).open()
  const bytes = new Blob([new Uint8Array(await photo(1))])

  const progress: number[] = []
  const options = { onProgress: (sent: number, total: number) => progress.push(sent / total) }
  const { avatar } = await his.setAvatar(bytes, options)
  expect(progress.at(-1)).toBe(1)
  expect((await look(server, cleo, avatar!)).status).toBe(200)
  const faces = () => {
    const now = hers.room(room).state!
    return [
      now.messages.find((message) => message.seq === seq)?.author.avatar,
      now.members?.find(({ username }) => username === 'ben')?.avatar,
      now.threads?.[seq]?.root.author.avatar,
      now.threads?.[seq]?.messages[0]?.author.avatar,
      hers.room(direct.id).state?.avatar,
    ]
  }
  await waitFor('the picture in the state', () => faces().every((each) => each === avatar))
  await waitFor('the picture in the state', () => his.state.me?.avatar === avatar)
  expect(his.room(direct.id).state?.avatar).toBeUndefined()

  const ofRoom = await his.room(room).setAvatar(bytes)
  await waitFor('the picture in the state', () => hers.room(room).state?.avatar === ofRoom.avatar)
  await his.room(room).removeAvatar()
  await waitFor('the picture in the state', () => hers.room(room).state?.avatar === undefined)

  await his.removeAvatar()
  await waitFor('the picture in the state', () => faces().every((each) => each === undefined))
  await waitFor('the picture in the state', () => his.state.me?.avatar === undefined)
  await expect(his.setAvatar(new Blob(['a text']))).rejects.toMatchObject({ reason: 'not_a_picture' })
  await expect(hers.room(room).setAvatar(bytes)).rejects.toMatchObject({ reason: 'owners_only' })
  for (const client of [his, hers]) client.close()
})
