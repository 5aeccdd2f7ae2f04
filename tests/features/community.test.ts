import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sweepRemoved } from '../../src/features/attachments/removed.ts'
import { cast, makeRoom, setUp } from '../support/cast.ts'
import { rest, socketOf, waitFor } from '../support/client.ts'
import { bytesLeft, look, putPicture } from '../support/files.ts'
import { linkedBuses } from '../support/linked-buses.ts'
import { mailSettings, startMailbox } from '../support/mailbox.ts'
import { type Nodes, startNodes } from '../support/nodes.ts'
import { photo } from '../support/pictures.ts'
import { postgresForTests } from '../support/postgres.ts'
import { onBothDatabases, serverFor, startServer } from '../support/server.ts'
import { meet } from './listener.ts'
import { asPerson, makeToken } from './tokens.ts'

const avatarOf = '/community/avatar'
const picture = await photo(1, 400, 300)
const idIn = (address: string): string => address.split('/')[3]!
const about = async (server: { url: string }) =>
  (await rest(server, undefined, { accept: 'application/json' }).get('/')).body.community

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  test('a community has no name and no picture until an administrator gives it some', async () => {
    const { server, ben } = at()
    expect(await about(server)).toBeUndefined()
    const socket = await socketOf(server, ben)
    expect(await socket.next('hello')).not.toHaveProperty('community')
    await socket.close()
  })

  test('everybody who is connected hears of its name and picture, and who is not signed in sees them', async () => {
    const { server, ada, ben } = at()
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    const simple = await socketOf(server, ada, '/ws/general')
    const named = await rest(server, ada).patch('/community', { name: '  Harbour   town ' })
    expect([named.status, named.body]).toEqual([200, { name: 'Harbour town' }])
    const heard = { type: 'community.changed', community: { name: 'Harbour town' } }
    expect(await socket.next('community.changed')).toEqual(heard)
    expect(await simple.next('community.changed')).toEqual(heard)

    const put = await putPicture(server, ada, avatarOf, picture)
    expect(put.status).toBe(200)
    const community = {
      name: 'Harbour town',
      avatar: expect.stringMatching(/^\/community\/avatar\/[0-9a-f-]{36}$/),
    }
    expect(put.body).toEqual(community)
    expect((await socket.next('community.changed')).community).toEqual(put.body)
    expect(await about(server)).toEqual(put.body)
    const later = await socketOf(server, ben)
    expect((await later.next('hello')).community).toEqual(put.body)

    const seen = await look(server, undefined, put.body.avatar)
    expect([seen.status, seen.headers.get('content-type')]).toEqual([200, 'image/webp'])
    const { width, height } = await new Bun.Image(new Uint8Array(await seen.arrayBuffer())).metadata()
    expect([width, height]).toEqual([360, 270])
    const again = await fetch(server.url + put.body.avatar, {
      headers: { 'if-none-match': seen.headers.get('etag')! },
    })
    expect(again.status).toBe(304)
    for (const each of [socket, simple, later]) await each.close()
  })

  test('another picture replaces it, and nobody gets the one before', async () => {
    const { server, ada } = at()
    await rest(server, ada).patch('/community', { name: 'Harbour town' })
    const before = (await putPicture(server, ada, avatarOf, picture)).body.avatar
    const after = (await putPicture(server, ada, avatarOf, await photo(1, 30, 30), { form: true })).body
      .avatar
    expect(after).not.toBe(before)
    expect((await look(server, undefined, before)).status).toBe(404)
    expect((await look(server, undefined, after)).status).toBe(200)
    expect((await look(server, undefined, `${avatarOf}/nothing`)).status).toBe(404)
    await sweepRemoved(server.tools)
    expect(await bytesLeft(server, idIn(before))).toEqual([])
    expect((await rest(server, ada).delete(avatarOf)).status).toBe(204)
    expect((await rest(server, ada).delete(avatarOf)).status).toBe(204)
    expect((await look(server, undefined, after)).status).toBe(404)
    expect(await about(server)).toEqual({ name: 'Harbour town' })
  })

  test('it is still called so after a restart, and an invite says so to a person without an account', async () => {
    const { server, ada, ben } = at()
    await rest(server, ada).patch('/community', { name: 'Pier' })
    const kept = (await putPicture(server, ada, avatarOf, picture)).body
    await server.restart()
    expect(await about(server)).toEqual(kept)
    expect((await look(server, undefined, kept.avatar)).status).toBe(200)
    const room = await makeRoom(server, ben)
    const { code } = (await rest(server, ben).post(`/rooms/${room}/invites`, {})).body
    const offer = (await rest(server).post('/auth/invite', { code })).body
    expect(offer).toEqual({ title: room, invited_by: 'ben', community: 'Pier' })
  })

  test('each change is on record with what was changed; what changes nothing is not', async () => {
    const { server, ada } = at()
    const api = rest(server, ada)
    await api.patch('/community', { name: 'Pier' })
    await putPicture(server, ada, avatarOf, picture)
    const before = (await api.get('/audit?limit=1')).body.items[0].id
    await api.patch('/community', { name: 'Pier' })
    await api.patch('/community', { name: 'Quay' })
    await api.delete(avatarOf)
    const items = (await api.get('/audit')).body.items.filter(({ id }: { id: number }) => id > before)
    expect(
      items.map(({ actor, action, detail }: Record<string, unknown>) => [actor, action, detail]),
    ).toEqual([
      ['ada', 'community.changed', { fields: ['avatar'] }],
      ['ada', 'community.changed', { fields: ['name'] }],
    ])
  })

  test('an empty name takes it away', async () => {
    const { server, ada } = at()
    expect((await rest(server, ada).patch('/community', { name: ' ' })).body).toEqual({})
    expect(await about(server)).toBeUndefined()
  })

  test('with the account of who has uploaded it goes the picture, and the name stays', async () => {
    const { server, ada, ben } = at()
    const [ann] = await meet(server, 'ann')
    await rest(server, ada).put(`/users/${ann!.username}/roles/admin`)
    await rest(server, ann!).patch('/community', { name: 'Quay' })
    const { avatar } = (await putPicture(server, ann!, avatarOf, picture)).body
    const socket = await socketOf(server, ben)
    await socket.next('hello')
    expect((await rest(server, ann!).call('DELETE', '/users/me', {})).status).toBe(204)
    expect((await socket.next('community.changed')).community).toEqual({ name: 'Quay' })
    expect((await look(server, undefined, avatar)).status).toBe(404)
    await sweepRemoved(server.tools)
    expect(await bytesLeft(server, idIn(avatar))).toEqual([])
    await socket.close()
  })

  test('only administrators change it, and no token without `admin`', async () => {
    const { server, ada, ben } = at()
    const before = await about(server)
    const owned = await makeRoom(server, ben)
    expect(owned).toBeString()
    const narrow = asPerson(await makeToken(server, ada, { scopes: ['read', 'write', 'rooms'] }))
    for (const [person, reason] of [
      [ben, 'admins_only'],
      [narrow, 'token_lacks_scope'],
      [{ token: 'none' }, 'token_invalid'],
    ] as const) {
      const changed = await rest(server, person).patch('/community', { name: 'Mine' })
      const put = await putPicture(server, person, avatarOf, picture)
      const removed = await rest(server, person).delete(avatarOf)
      const reasons = [changed, put, removed].map(({ body }) => body.reason)
      expect(reasons).toEqual([reason, reason, reason])
    }
    const wide = asPerson(await makeToken(server, ada, { scopes: ['admin'] }))
    expect((await rest(server, wide).patch('/community', { name: before?.name ?? '' })).status).toBe(200)
    expect(await about(server)).toEqual(before)
  })

  test.each([
    ['a name that is too long', { name: 'x'.repeat(41) }],
    ['a name of two lines', { name: 'Two\nlines' }],
    ['a name that turns the sentence around', { name: 'Har\u202ebour' }],
    ['no name', {}],
    ['another field', { name: 'Harbour', motto: 'Here' }],
  ])('%s is refused with a reason', async (_, body) => {
    const response = await rest(at().server, at().ada).patch('/community', body)
    expect([response.status, response.body.reason]).toEqual([422, 'invalid_fields'])
  })

  test('what is no picture is refused, and the one before stays', async () => {
    const { server, ada } = at()
    const { avatar } = (await putPicture(server, ada, avatarOf, picture)).body
    const refused = await putPicture(server, ada, avatarOf, 'this is a text')
    expect([refused.status, refused.body.reason]).toEqual([422, 'not_a_picture'])
    expect((await about(server)).avatar).toBe(avatar)
  })
})

test('a mail names the community and the host that it comes from', async () => {
  const box = await startMailbox()
  const server = await startServer()
  await server.restart(mailSettings(box))
  const local = { url: `http://127.0.0.1:${server.port}`, setupCode: server.setupCode }
  const ada = await setUp(local, 'ada')
  await rest(local, ada).patch('/community', { name: 'Harbour & <sons>' })
  await rest(local).post('/auth/forgot', { email: ada.email })
  const found = () => box.received.find(({ subject }) => subject?.startsWith('A new password'))
  await waitFor('the mail', async () => found() !== undefined)
  expect(found()!.subject).toBe('A new password for Harbour & <sons> (chat.example.org)')
  expect(JSON.stringify(found())).not.toContain('<sons> (chat.example.org)</')
  await server.stop()
  await box.stop()
})

describe.skipIf(!(await postgresForTests()))('on two nodes', () => {
  let nodes: Nodes
  beforeAll(async () => {
    nodes = await startNodes(linkedBuses(2).buses)
  })
  afterAll(async () => nodes?.stop())

  test('a change on one node is heard and seen on the other', async () => {
    const [one, two] = nodes.servers as unknown as [{ url: string }, { url: string }]
    const [first] = nodes.servers
    const code = first!.setupLink!.split('#setup=')[1]!
    const ada = await setUp({ url: first!.url, setupCode: code }, 'ada')
    const socket = await socketOf(two, ada)
    await socket.next('hello')
    await rest(one, ada).patch('/community', { name: 'Harbour' })
    expect((await socket.next('community.changed')).community).toEqual({ name: 'Harbour' })
    const { avatar } = (await putPicture(one, ada, avatarOf, picture)).body
    expect((await socket.next('community.changed')).community).toEqual({ name: 'Harbour', avatar })
    expect(await about(two)).toEqual({ name: 'Harbour', avatar })
    // At once: the other node may not have heard of it yet. Its bytes are in the folder of the first.
    const next = (await putPicture(one, ada, avatarOf, picture)).body.avatar
    expect((await look(two, undefined, next)).status).not.toBe(404)
    await socket.close()
  })
})
