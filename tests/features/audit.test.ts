import { expect, test } from 'bun:test'
import { cast, makeRoom, passwordOf } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { meet, outcome } from './listener.ts'

type Entry = {
  id: number
  at: string
  actor?: string
  action: string
  subject?: string
  room?: string
  detail?: unknown
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const newest = async (): Promise<Entry[]> =>
    (await rest(at().server, at().ada).get('/audit?limit=100')).body.items

  /** What this act has added to the audit log. */
  async function recorded(
    act: () => Promise<{ status: number; body: { code?: string } }>,
  ): Promise<Partial<Entry>[]> {
    const before = (await newest())[0]?.id ?? 0
    expect(await outcome(act())).toBe('ok')
    const entries = (await newest()).filter(({ id }) => id > before).reverse()
    return entries.map(({ id: _, at: when, ...entry }) => {
      expect(Math.abs(Date.parse(when) - Date.now())).toBeLessThan(10_000)
      return entry
    })
  }

  test('every administrative act is recorded with its actor, action, subject and room', async () => {
    const { server, ada, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const api = rest(server, ada)
    const of = (action: string, more: object = {}) => [
      { actor: 'ada', action, subject: ann.username, ...more },
    ]
    const user = `/users/${ann.username}`
    expect(await recorded(() => api.put(`${user}/roles/admin`))).toEqual(of('role.granted'))
    expect(await recorded(() => api.put(`${user}/roles/admin`))).toEqual([])
    expect(await recorded(() => api.delete(`${user}/roles/admin`))).toEqual(of('role.revoked'))
    expect(await recorded(() => api.put(`${user}/ban`))).toEqual(of('user.banned'))
    expect(await recorded(() => api.delete(`${user}/ban`))).toEqual(of('user.unbanned'))
    const change = { display_name: 'Ann A.', email: `${ann.username}@example.org` }
    const changed = of('user.changed', { detail: { fields: ['display_name', 'email'] } })
    expect(await recorded(() => api.patch(user, change))).toEqual(changed)

    const room = await makeRoom(server, ben, [], { access: 'closed' })
    const member = `/rooms/${room}/members/${ann.username}`
    expect(await recorded(() => api.put(member, {}))).toEqual(of('member.put', { room }))
    const made = of('member.put', { room, detail: { role: 'moderator' } })
    expect(await recorded(() => api.put(member, { role: 'moderator' }))).toEqual(made)
    const until = '2100-01-01T00:00:00.000Z'
    const silenced = of('member.silenced', { room, detail: { until } })
    expect(await recorded(() => api.put(`${member}/silence`, { until }))).toEqual(silenced)
    expect(await recorded(() => api.delete(`${member}/silence`))).toEqual(of('member.unsilenced', { room }))
    expect(await recorded(() => api.delete(member))).toEqual(of('member.removed', { room }))

    const ofRoom = (action: string, more: object = {}) => [{ actor: 'ada', action, room, ...more }]
    const renamed = ofRoom('room.changed', { detail: { fields: ['title'] } })
    expect(await recorded(() => api.patch(`/rooms/${room}`, { title: 'Renamed' }))).toEqual(renamed)
    let invite = ''
    const invited = await recorded(async () => {
      const answer = await api.post(`/rooms/${room}/invites`, {})
      invite = answer.body.id
      return answer
    })
    expect(invited).toEqual(ofRoom('invite.made', { detail: { invite } }))
    const revoked = ofRoom('invite.revoked', { detail: { invite } })
    expect(await recorded(() => api.delete(`/rooms/${room}/invites/${invite}`))).toEqual(revoked)
    const entered = [{ actor: 'ada', action: 'member.put', subject: 'ada', room }]
    expect(await recorded(() => api.put(`/rooms/${room}/members/me`, {}))).toEqual(entered)
    expect(await recorded(() => api.delete(`/rooms/${room}`))).toEqual(ofRoom('room.deleted'))
  })

  test('creating accounts for others is recorded, and erasing your own', async () => {
    const { server, ada } = at()
    const username = `made-${crypto.randomUUID().slice(0, 8)}`
    const draft = {
      username,
      email: `${username}@example.org`,
      password: passwordOf(username),
      role: 'admin',
    }
    const made = await recorded(() => rest(server, ada).post('/auth/signup', draft))
    expect(made).toEqual([
      { actor: 'ada', action: 'user.created', subject: username, detail: { role: 'admin' } },
    ])
    const [eve] = (await meet(server, 'eve')) as [Person]
    const erased = await recorded(() => rest(server, eve).delete('/users/me'))
    const gone = { actor: 'deleted-user', action: 'user.erased', subject: 'deleted-user' }
    expect(erased).toEqual([{ ...gone, detail: { messages: 'keep' } }])
  })

  test('refused acts are not recorded, nor what people do in their own rooms', async () => {
    const { server, ada, ben, dan } = at()
    const before = await newest()
    const room = await makeRoom(server, ben, [dan])
    await rest(server, ben).put(`/rooms/${room}/members/dan`, { role: 'moderator' })
    await rest(server, ben).patch(`/rooms/${room}`, { title: 'Ours' })
    await rest(server, ben).delete(`/rooms/${room}/members/dan`)
    expect(await outcome(rest(server, ada).put('/users/ada/ban'))).toBe('conflict')
    expect(await outcome(rest(server, ada).put('/users/nobody-here/ban'))).toBe('not_found')
    expect(await newest()).toEqual(before)
  })

  test('only administrators read it, in pages, newest first, and it cannot be changed', async () => {
    const { server, ada, ben } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    for (let n = 0; n < 5; n++)
      await rest(server, ada).patch(`/users/${ann.username}`, { display_name: `Ann ${n}` })
    expect(await outcome(rest(server, ben).get('/audit'))).toBe('forbidden')
    expect((await rest(server).get('/audit')).status).toBe(401)
    const all = await newest()
    const paged: Entry[] = []
    for (let before: number | undefined; paged.length < 100; ) {
      const { body } = await rest(server, ada).get(`/audit?limit=3${before ? `&before=${before}` : ''}`)
      paged.push(...body.items)
      if (body.next === undefined) break
      before = body.next
    }
    expect(paged).toEqual(all)
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((a, b) => b - a))
    // Larger than what a database counts to: it was a 500.
    const beyond = await rest(server, ada).get(`/audit?before=${'9'.repeat(20)}`)
    expect([beyond.status, beyond.body.reason]).toEqual([422, 'invalid_fields'])
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect([method, (await rest(server, ada).call(method, '/audit')).status]).toEqual([method, 405])
    }
  })
})
