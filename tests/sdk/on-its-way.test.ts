import { expect, test } from 'bun:test'
import { createClient } from '../../src/sdk/client.ts'
import { tokenSession } from '../../src/sdk/credentials.ts'
import { roomOf } from '../../src/sdk/state.ts'
import { created, room, startPeer, until, user } from './peer.ts'

const ada = { username: 'ada', display_name: 'Ada', role: 'member', status: 'online' } as const
const avatar = 'https://parley.test/users/ada/avatar'
const log = { epoch: 'e1', at: user.created_at, actor: 'ada' }
const silenced_until = '2027-01-01T00:00:00.000Z'

/** A client whose responses come when the test says so, after what happened meanwhile. */
async function withLateResponses(items: object[]) {
  const asked = Promise.withResolvers<void>()
  const responding = Promise.withResolvers<void>()
  const peer = startPeer({
    rooms: () => [room(0), { ...room(0), id: 'boats' }],
    answer({ type }) {
      if (type === 'message.list') asked.resolve()
      if (type !== 'room.subscribe') return undefined
      return { room: 'general', mode: 'live', epoch: 'e1', head: 2, messages: [created(2).message] }
    },
    async http() {
      asked.resolve()
      await responding.promise
      return Response.json({ items })
    },
  })
  const session = tokenSession({ access_token: 'first', refresh_token: 'r1', expires_in: 900 })
  const client = createClient({ url: peer.url, session })
  client.connect()
  await until(() => client.state.status === 'online')
  const opened = client.room('general')
  await opened.open({ history: 1 })
  const tell = (type: string, more: object) => peer.tell({ type, room: 'general', ...more })
  return {
    ...{ client, room: opened, tell, asked: asked.promise },
    change() {
      tell('profile.changed', { username: 'ada', display_name: 'Ada L.', avatar })
      tell('silence.changed', { username: 'ada', until: silenced_until })
      tell('presence.changed', { offline: ['ada'], count: 1 })
      // The last of them.
      return until(() => now().online_count === 1)
    },
    now,
    respond() {
      responding.resolve()
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
  using late = await withLateResponses([ada])
  const fetched = late.room.members()
  await late.asked
  await late.change()
  late.respond()
  expect(await fetched).toEqual([
    { username: 'ada', display_name: 'Ada L.', role: 'member', avatar, silenced_until },
  ])
  expect(late.now().online).toEqual([])
})

test('so is the next page of members', async () => {
  using late = await withLateResponses([ada])
  const fetched = late.room.moreMembers()
  await late.asked
  await late.change()
  late.respond()
  await fetched
  expect(late.now().members).toMatchObject([{ display_name: 'Ada L.', avatar, silenced_until }])
})

test('so are the authors of older messages', async () => {
  using late = await withLateResponses([])
  const fetched = late.room.older()
  await late.asked
  await late.change()
  late.respond()
  await fetched
  expect(late.now().messages.map(({ seq, author }) => [seq, author.display_name])).toEqual([
    [1, 'Ada L.'],
    [2, 'Ada L.'],
  ])
})

test('so is the author of the last message', async () => {
  using late = await withLateResponses([{ room: 'general', head: 2, message: created(2).message }])
  const fetched = late.client.loadLastMessages()
  await late.asked
  await late.change()
  late.respond()
  await fetched
  expect(late.now().last!.author.display_name).toBe('Ada L.')
})

test('rooms are as they are now, and one that you leave does not come back', async () => {
  const read = { description: '', posting: 'members', created_at: user.created_at }
  using late = await withLateResponses([
    { ...room(2), ...read },
    { ...room(0), ...read, id: 'boats' },
  ])
  const fetched = late.client.loadRooms()
  await late.asked
  late.tell('room.updated', { ...log, seq: 3, changed: { title: 'Our quay' } })
  late.tell('member.updated', { ...log, seq: 4, username: 'ben', role: 'owner' })
  late.tell('notify.changed', { notify: 'nothing' })
  late.tell('room.closed', { room: 'boats', reason: 'left' })
  await until(() => late.now().notify === 'nothing' && Object.keys(late.client.state.rooms).length === 1)
  late.respond()
  await fetched
  expect(late.now()).toMatchObject({ title: 'Our quay', role: 'owner', notify: 'nothing', head: 4 })
  expect(Object.keys(late.client.state.rooms)).toEqual(['general'])
})
