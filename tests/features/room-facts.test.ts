import { expect, test } from 'bun:test'
import type { RoomFacts } from '../../src/protocol/room-facts.ts'
import { acquaint, cast, makeRoom, post } from '../support/cast.ts'
import { rest, waitFor } from '../support/client.ts'
import { sendFile } from '../support/files.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { meet } from './listener.ts'
import { asPerson, makeToken } from './tokens.ts'

const secret = 'the lantern is under the third stair'

await onBothDatabases((database) => {
  const at = serverFor({ database }, async (server) => {
    const people = await cast(server)
    const { ben, cleo, dan } = people
    await acquaint(server, ben, cleo, dan)
    const closed = await makeRoom(server, ben, [cleo], { access: 'closed', title: 'The cellar' })
    const open = await makeRoom(server, cleo, [], { title: '100 % tides_', description: secret })
    await post(server, ben, closed, secret)
    const file = 'a list of everything that is in the cellar'
    await sendFile(server, ben, closed, file, 'list.txt')
    await rest(server, ben).post('/directs', { usernames: ['dan'] })
    return { ...people, closed, open, fileBytes: file.length }
  })
  const list = async (query = '') => (await rest(at().server, at().ada).get(`/admin/rooms${query}`)).body
  const ids = async (query: string) => (await list(query)).items.map(({ id }: RoomFacts) => id)

  test('an administrator sees the facts of every room, also of private ones, and no word of them', async () => {
    const { closed, open, fileBytes } = at()
    const all = await list()
    const { last_at, created_at, ...facts } = all.items.find(({ id }: RoomFacts) => id === closed)
    expect(facts).toEqual({
      ...{ id: closed, title: 'The cellar', access: 'closed', members: 2, head: 4, file_bytes: fileBytes },
      owners: [{ username: 'ben', display_name: 'ben' }],
    })
    expect(Date.parse(last_at)).toBeGreaterThanOrEqual(Date.parse(created_at))
    // About the two direct rooms it says only that they are there.
    expect(all.items.map(({ id }: RoomFacts) => id).sort()).toEqual(
      ['admin_room', 'general', closed, open].sort(),
    )
    expect([all.total, all.directs, all.next]).toEqual([4, 1, undefined])
    expect(JSON.stringify(all)).not.toContain(secret)
    expect(JSON.stringify(all)).not.toContain('list.txt')
    expect((await rest(at().server, at().ada).get(`/rooms/${closed}/messages`)).status).toBe(403)
  })

  test('the list is searched by title and id, and filtered by access and by whether a room is archived', async () => {
    const { server, ben, closed, open } = at()
    expect(await ids('?q=CELLAR')).toEqual([closed])
    expect(await ids(`?q=${open}`)).toEqual([open])
    // What SQL takes for any text is a text here.
    expect(await ids('?q=%25%20tides_')).toEqual([open])
    expect(await ids('?q=%25%25')).toEqual([])
    expect(await ids('?access=admins')).toEqual(['admin_room'])
    expect(await ids('?access=closed&state=archived')).toEqual([])
    await rest(server, ben).patch(`/rooms/${closed}`, { archived: true })
    const archived = await list('?state=archived')
    expect(archived.items.map(({ id, archived }: RoomFacts) => [id, archived])).toEqual([[closed, true]])
    expect([archived.total, archived.directs]).toEqual([1, 1])
    expect(await ids('?state=active')).not.toContain(closed)
    await rest(server, ben).patch(`/rooms/${closed}`, { archived: false })
  })

  test('the room that was used last comes first, or last, in pages without a gap', async () => {
    const { server, cleo, open, closed } = at()
    await post(server, cleo, open, 'Used now')
    const usedAt = async (room: string) =>
      (await list('')).items.find(({ id }: RoomFacts) => id === room).last_at
    // Not in the same millisecond.
    const before = await usedAt(open)
    await waitFor('a later message', async () => {
      await post(server, cleo, closed, 'And then this one')
      return (await usedAt(closed)) > before
    })
    const latest = await ids('')
    expect(latest.slice(0, 2)).toEqual([closed, open])
    expect(await ids('?order=oldest')).toEqual(latest.toReversed())
    for (const [order, expected] of [
      ['latest', latest],
      ['oldest', latest.toReversed()],
    ]) {
      const paged: string[] = []
      for (let after = ''; paged.length < 10; ) {
        const page = await list(`?limit=1&order=${order}${after && `&after=${after}`}`)
        expect(page.total).toBe(latest.length)
        paged.push(...page.items.map(({ id }: RoomFacts) => id))
        if (page.next === undefined) break
        after = page.next
      }
      expect(paged).toEqual(expected)
    }
    // A cursor that is none of ours starts from the beginning.
    expect(await ids('?after=nothing')).toEqual(latest)
  })

  test('a room that nobody owns says so, and of a room for administrators those who no longer are one do not count', async () => {
    const { server, ada } = at()
    const [ann] = await meet(server, 'ann')
    const facts = async () => (await list('?access=admins')).items[0]
    const { members, owners } = await facts()
    expect(owners).toEqual([])
    await rest(server, ada).put(`/users/${ann!.username}/roles/admin`)
    await rest(server, ann!).put('/rooms/admin_room/members/me', {})
    expect((await facts()).members).toBe(members + 1)
    await server.tools.sql.query(
      `update members set role = 'owner' where user_id = (select id from users where username = $1)
       and room_key = (select key from rooms where id = 'admin_room')`,
      [ann!.username],
    )
    expect((await facts()).owners).toMatchObject([{ username: ann!.username }])
    await rest(server, ada).delete(`/users/${ann!.username}/roles/admin`)
    expect(await facts()).toMatchObject({ members, owners: [] })
  })

  test('a room is archived, restored and deleted by an administrator who is not in it, and that is on record', async () => {
    const { server, ada, ben } = at()
    const room = await makeRoom(server, ben, [], { access: 'closed' })
    const api = rest(server, ada)
    expect((await api.patch(`/rooms/${room}`, { archived: true })).status).toBe(200)
    expect(await ids(`?q=${room}&state=archived`)).toEqual([room])
    expect((await api.patch(`/rooms/${room}`, { archived: false })).status).toBe(200)
    expect((await api.delete(`/rooms/${room}`)).status).toBe(204)
    expect(await ids(`?q=${room}`)).toEqual([])
    const { items } = (await api.get('/audit?limit=3')).body
    expect(
      items.map(({ actor, action, room: where, detail }: Record<string, unknown>) => [
        actor,
        action,
        where,
        detail,
      ]),
    ).toEqual([
      ['ada', 'room.deleted', room, undefined],
      ['ada', 'room.changed', room, { fields: ['archived'] }],
      ['ada', 'room.changed', room, { fields: ['archived'] }],
    ])
  })

  test('only administrators get it: no member, owner or moderator, and no token without `admin`', async () => {
    const { server, ada, ben, cleo, closed } = at()
    await rest(server, ben).put(`/rooms/${closed}/members/cleo`, { role: 'moderator' })
    const narrow = asPerson(await makeToken(server, ada, { scopes: ['read', 'write', 'rooms'] }))
    const wide = asPerson(await makeToken(server, ada, { scopes: ['admin'] }))
    const bens = asPerson(await makeToken(server, ben, { scopes: ['read'] }))
    const reasons: unknown[] = []
    for (const person of [ben, cleo, narrow, bens]) {
      const { status, body } = await rest(server, person).get('/admin/rooms')
      reasons.push([status, body.reason])
    }
    expect(reasons).toEqual([
      [403, 'admins_only'],
      [403, 'admins_only'],
      [403, 'token_lacks_scope'],
      [403, 'token_lacks_scope'],
    ])
    expect((await rest(server).get('/admin/rooms')).status).toBe(401)
    expect((await rest(server, wide).get('/admin/rooms')).status).toBe(200)
  })

  test.each(['?access=direct', '?state=gone', '?order=best', '?limit=0', '?limit=101', '?rooms=all'])(
    '%s is refused with a reason',
    async (query) => {
      const { status, body } = await rest(at().server, at().ada).get(`/admin/rooms${query}`)
      expect([status, body.reason]).toEqual([422, 'invalid_fields'])
    },
  )
})
