import { expect, test } from 'bun:test'
import { createClient } from '../../src/sdk/client.ts'
import { tokenSession } from '../../src/sdk/credentials.ts'
import { roomOf } from '../../src/sdk/state.ts'
import { created, startPeer, until } from './peer.ts'

const ada = { username: 'ada', display_name: 'Ada', role: 'member', status: 'online' } as const
const avatar = 'https://parley.test/users/ada/avatar'
const silenced_until = '2027-01-01T00:00:00.000Z'

/** A client whose requests are answered when the test says so, after what happened meanwhile. */
async function withAnswersLate(items: object[]) {
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const peer = startPeer({
    answer({ type }) {
      if (type === 'message.list') asked.resolve()
      if (type !== 'room.subscribe') return undefined
      return { room: 'general', mode: 'live', epoch: 'e1', head: 2, messages: [created(2).message] }
    },
    async http() {
      asked.resolve()
      await answered.promise
      return Response.json({ items })
    },
  })
  const session = tokenSession({ access_token: 'first', refresh_token: 'r1', expires_in: 900 })
  const client = createClient({ url: peer.url, session })
  client.connect()
  await until(() => client.state.status === 'online')
  const room = client.room('general')
  await room.open({ history: 1 })
  const tell = (type: string, more: object) => peer.tell({ type, room: 'general', ...more })
  return {
    ...{ client, room, asked: asked.promise },
    change() {
      tell('profile.changed', { username: 'ada', display_name: 'Ada L.', avatar })
      tell('silence.changed', { username: 'ada', until: silenced_until })
      tell('presence.changed', { offline: ['ada'], count: 0 })
      return until(() => now().messages[0]!.author.display_name === 'Ada L.')
    },
    now,
    answer() {
      answered.resolve()
      for (const { ref } of peer.of('message.list'))
        peer.tell({ type: 'reply', ref, data: { items: [created(1).message], head: 2 } })
    },
    [Symbol.dispose]() {
      client.close()
      peer.stop()
    },
  }
  function now() {
    return roomOf(client.state, 'general')!
  }
}

test('members are as they are now, whatever changes while their list is on its way', async () => {
  using late = await withAnswersLate([ada])
  const fetched = late.room.members()
  await late.asked
  await late.change()
  late.answer()
  expect(await fetched).toEqual([
    { username: 'ada', display_name: 'Ada L.', role: 'member', avatar, silenced_until },
  ])
  expect(late.now().online).toEqual([])
})

test('so is the next page of members', async () => {
  using late = await withAnswersLate([ada])
  const fetched = late.room.moreMembers()
  await late.asked
  await late.change()
  late.answer()
  await fetched
  expect(late.now().members).toMatchObject([{ display_name: 'Ada L.', avatar, silenced_until }])
})

test('so are the authors of older messages', async () => {
  using late = await withAnswersLate([])
  const fetched = late.room.older()
  await late.asked
  await late.change()
  late.answer()
  await fetched
  expect(late.now().messages.map(({ seq, author }) => [seq, author.display_name])).toEqual([
    [1, 'Ada L.'],
    [2, 'Ada L.'],
  ])
})

test('so is the author of the last message', async () => {
  using late = await withAnswersLate([{ room: 'general', head: 2, message: created(2).message }])
  const fetched = late.client.loadLastMessages()
  await late.asked
  await late.change()
  late.answer()
  await fetched
  expect(late.now().last!.author.display_name).toBe('Ada L.')
})
