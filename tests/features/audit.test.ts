import { beforeAll, describe, expect, test } from 'bun:test'
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

  test('only administrators read the audit log, in pages, newest first, and nobody can change it', async () => {
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

  describe('with filters', () => {
    const read = async (query: string, person = at().ada): Promise<Entry[]> => {
      const { status, body } = await rest(at().server, person).get(`/audit?${query}`)
      expect([query, status]).toEqual([query, 200])
      return body.items
    }
    /** Everything, filtered here. */
    const among = async (is: (entry: Entry) => boolean) => (await newest()).filter(is)

    beforeAll(async () => {
      const { server, ada, ben } = at()
      const [ann, amy, abe] = (await meet(server, 'ann', 'amy', 'abe')) as [Person, Person, Person]
      await rest(server, ada).put(`/users/${amy.username}/roles/admin`)
      for (const { username } of [ann, abe]) {
        await rest(server, amy).put(`/users/${username}/ban`, { reason: '=1+1' })
        await rest(server, amy).delete(`/users/${username}/ban`)
      }
      const room = await makeRoom(server, ben, [], { access: 'open', id: '-2-3' })
      await rest(server, ada).patch(`/rooms/${room}`, { title: 'Filtered' })
      await rest(server, ada).delete(`/rooms/${room}`)
      actor = amy.username
      subject = ann.username
    })
    let actor: string
    let subject: string

    test('the audit log has what one person did, what was done to a person, and what was done in a room that is deleted', async () => {
      expect(await read(`limit=100&actor=${actor}`)).toEqual(await among((each) => each.actor === actor))
      expect((await read(`actor=${actor.toUpperCase()}`)).length).toBe(4)
      const ofAnn = await read(`subject=${subject}&limit=100`)
      expect(ofAnn).toEqual(await among((each) => each.subject === subject))
      expect(ofAnn.length).toBeGreaterThan(1)
      const inRoom = await read('room=-2-3')
      expect(inRoom.map(({ action }) => action)).toEqual(['room.deleted', 'room.changed'])
    })

    test('the audit log has one action, or all of a kind, and takes all filters at once', async () => {
      expect(await read('action=user.banned&limit=100')).toEqual(
        await among(({ action }) => action === 'user.banned'),
      )
      const kind = await read('action=user&limit=100')
      expect(kind).toEqual(await among(({ action }) => action.startsWith('user.')))
      expect(new Set(kind.map(({ action }) => action)).size).toBeGreaterThan(1)
      const both = await read(`actor=${actor}&subject=${subject}&action=user.unbanned`)
      expect(both).toEqual(
        await among(
          (each) => each.actor === actor && each.subject === subject && each.action === 'user.unbanned',
        ),
      )
      expect(both.length).toBe(1)
    })

    test('the audit log has what was done from one time until before another', async () => {
      const [last] = await read('action=room.deleted')
      const from = encodeURIComponent(last!.at)
      expect((await read(`action=room.deleted&from=${from}`)).map(({ id }) => id)).toContain(last!.id)
      expect((await read(`action=room.deleted&to=${from}`)).map(({ id }) => id)).not.toContain(last!.id)
      expect(await read('to=2000-01-01T00:00:00Z')).toEqual([])
      expect(await read('from=2100-01-01T00:00:00Z')).toEqual([])
    })

    test('the pages are those of the filter, without a gap or a double', async () => {
      const all = await read(`actor=${actor}&limit=100`)
      const paged: Entry[] = []
      for (let before = ''; ; ) {
        const { body } = await rest(at().server, at().ada).get(`/audit?actor=${actor}&limit=3${before}`)
        paged.push(...body.items)
        if (body.next === undefined) break
        before = `&before=${body.next}`
      }
      expect(paged).toEqual(all)
    })

    test('a filter that cannot be is refused with its reason', async () => {
      const reasonOf = async (query: string) => {
        const { status, body } = await rest(at().server, at().ada).get(`/audit?${query}`)
        return [status, body.reason]
      }
      for (const query of ['actor=nobody-here', 'subject=nobody-here', 'actor=ada@example.org', 'actor='])
        expect([query, ...(await reasonOf(query))]).toEqual([query, 404, 'user_not_found'])
      for (const query of [
        'action=user.flown',
        'action=',
        'from=yesterday',
        'to=0000-01-01T00:00:00Z',
        'who=ada',
      ])
        expect([query, ...(await reasonOf(query))]).toEqual([query, 422, 'invalid_fields'])
    })

    test('the audit log is downloaded as a table whose cells begin no formula, or as lines of JSON', async () => {
      const { server, ada, ben } = at()
      const download = async (query: string, person = ada) => {
        const headers = { authorization: `Bearer ${person.token}` }
        return fetch(`${server.url}/audit/export?${query}`, { headers })
      }
      const lines = await download(`format=jsonl&actor=${actor}`)
      expect(lines.headers.get('content-type')).toBe('application/jsonl; charset=utf-8')
      expect(lines.headers.get('content-disposition')).toMatch(
        /^attachment; filename="parley-audit-[\d-]+\.jsonl"$/,
      )
      const entries = (await lines.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(entries).toEqual(await read(`actor=${actor}&limit=100`))
      const [about] = (await read('action=audit.exported')) as { detail: { actor: string } }[]
      expect(about!.detail.actor).toMatch(/^[\da-f-]{36}$/)
      const table = await (await download('room=-2-3')).text()
      const rows = table.split('\r\n')
      expect(rows[0]).toBe('id,at,actor,action,subject,room,detail')
      expect(rows[1]).toMatch(/^\d+,[^,]+Z,ada,room\.deleted,,'-2-3,$/)
      expect(rows[2]).toMatch(/^\d+,[^,]+Z,ada,room\.changed,,'-2-3,"\{""fields"":\[""title""\]\}"$/)
      expect(rows.slice(3)).toEqual([''])
      const [recorded] = await newest()
      expect(recorded).toMatchObject({
        actor: 'ada',
        action: 'audit.exported',
        detail: { room: '-2-3' },
      })
      expect((await download('', ben)).status).toBe(403)
      expect((await download('actor=nobody-here')).status).toBe(404)
      expect((await newest())[0]).toEqual(recorded!)
    })

    test('a download has every entry once, however many there are', async () => {
      const { server, ada } = at()
      await server.tools.sql.query(
        `insert into audit (at, action, detail) select now(), 'messages.expired', '{"messages":1}' from generate_series(1, 1201)`,
      )
      const headers = { authorization: `Bearer ${ada.token}` }
      const response = await fetch(`${server.url}/audit/export?format=jsonl&action=messages`, { headers })
      const ids = (await response.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id)
      expect(ids.length).toBe(1201)
      expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => other - one))
    })
  })
})
