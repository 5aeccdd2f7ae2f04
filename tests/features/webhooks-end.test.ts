import { expect, test } from 'bun:test'
import { cast, makeRoom, signUp } from '../support/cast.ts'
import { type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { listener, logOf, meet, membersOf, outcome } from './listener.ts'
import { hookIn, post } from './webhooks.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const api = (person: { token: string }) => rest(at().server, person)

  async function furnish(members: Person[] = [], draft = {}) {
    const { server, ben } = at()
    const room = await makeRoom(server, ben, members, draft)
    return { room, hook: await hookIn(server, ben, room) }
  }

  test('a removed webhook posts nothing more, not even requests that were in progress', async () => {
    const { server, ben } = at()
    for (let round = 0; round < 5; round++) {
      const { room, hook } = await furnish()
      const bens = await listener(server, ben, room)
      const posts = Array.from({ length: 40 }, async (_, n) => {
        await Bun.sleep(n / 4)
        return post(hook, { text: `${n}` })
      })
      await Bun.sleep(round * 3)
      expect(await outcome(api(ben).delete(`/rooms/${room}/webhooks/${hook.id}`))).toBe('ok')
      const answers = await Promise.all(posts)
      const log = await logOf(server, ben, room)
      const left = log.indexOf(`member.left ${hook.username} member`)
      expect(left).toBe(log.length - 1)
      answers.forEach(({ status }, n) => {
        if (status === 200) expect(log).toContain(`message.created ${n}`)
        else expect([403, 410]).toContain(status)
      })
      expect(log.filter((line) => line.startsWith('message'))).toHaveLength(
        answers.filter(({ status }) => status === 200).length,
      )
      expect(await membersOf(server, ben, room)).toEqual(['ben'])
      const after = await post(hook, { text: 'late' })
      expect([after.status, after.body.code, after.body.reason]).toEqual([410, 'gone', 'webhook_removed'])
      expect((await bens.newEvents()).at(-1)).toBe(`member.left ${hook.username} member`)
      await bens.close()
    }
  })

  test('an unknown address, an archived and a deleted room, a bot that is out: each is refused', async () => {
    const { server, ada, ben } = at()
    const code = async (hook: { url: string }) => {
      const { status, body } = await post(hook, { text: 'Hello' })
      return status === 200 ? 'ok' : `${status} ${body.reason}`
    }
    for (const secret of ['x', 'parley_hook_x', '%20', 'x'.repeat(128)]) {
      expect(await code({ url: `${server.url}/hooks/${secret}` })).toBe('404 webhook_not_found')
    }
    const archived = await furnish()
    await api(ben).patch(`/rooms/${archived.room}`, { archived: true })
    expect(await code(archived.hook)).toBe('403 room_archived')
    await api(ben).patch(`/rooms/${archived.room}`, { archived: false })
    expect(await code(archived.hook)).toBe('ok')

    const deleted = await furnish()
    await api(ben).delete(`/rooms/${deleted.room}`)
    expect(await code(deleted.hook)).toBe('410 webhook_removed')
    await api(ben).post('/rooms', { id: deleted.room })
    expect(await code(deleted.hook)).toBe('410 webhook_removed')

    const removed = await furnish()
    await api(ben).delete(`/rooms/${removed.room}/members/${removed.hook.username}`)
    expect(await code(removed.hook)).toBe('403 not_a_member')
    expect(await outcome(api(ben).delete(`/rooms/${removed.room}/webhooks/${removed.hook.id}`))).toBe('ok')

    const silenced = await furnish()
    const silence = `/rooms/${silenced.room}/members/${silenced.hook.username}/silence`
    await api(ben).put(silence, { until: '2100-01-01T00:00:00.000Z' })
    expect(await code(silenced.hook)).toBe('403 silenced')

    const banned = await furnish()
    await api(ada).put(`/users/${banned.hook.username}/ban`, {})
    expect(await code(banned.hook)).toBe('403 webhook_banned')
  })

  test('a banned person’s webhooks stop until the ban is lifted', async () => {
    const { server, ada } = at()
    const [ann] = (await meet(server, 'ann')) as [Person]
    const room = await makeRoom(server, ann)
    const hook = await hookIn(server, ann, room)
    const said = async () => {
      const { status, body } = await post(hook, { text: 'I am still here' })
      return status === 200 ? 'ok' : `${status} ${body.reason}`
    }
    expect(await said()).toBe('ok')
    await api(ada).put(`/users/${ann.username}/ban`, {})
    expect(await said()).toBe('403 webhook_creator_banned')
    await api(ada).delete(`/users/${ann.username}/ban`)
    expect(await said()).toBe('ok')
  })

  // The webhook of a removed moderator went on, also when they had erased their account (attacks B11).
  test('a webhook works only while its creator may create one there, and the list shows which have stopped', async () => {
    const { server, ada, ben } = at()
    const losses: Record<string, (room: string, ann: Person) => Promise<{ status: number }>> = {
      removed: (room, ann) => api(ben).delete(`/rooms/${room}/members/${ann.username}`),
      demoted: (room, ann) => api(ben).put(`/rooms/${room}/members/${ann.username}`, { role: 'member' }),
      left: (room, ann) => api(ann).delete(`/rooms/${room}/members/me`),
      erased: (_, ann) => api(ann).call('DELETE', '/users/me', { current_password: ann.password }),
      'an administrator no more': (_, ann) => api(ada).delete(`/users/${ann.username}/roles/admin`),
    }
    for (const [loss, lose] of Object.entries(losses)) {
      const ann = await signUp(server, `ann-${crypto.randomUUID().slice(0, 8)}`)
      const global = loss.startsWith('an administrator')
      const room = await makeRoom(server, ben, global ? [] : [ann])
      if (global) await api(ada).put(`/users/${ann.username}/roles/admin`)
      else await api(ben).put(`/rooms/${room}/members/${ann.username}`, { role: 'moderator' })
      const hook = await hookIn(server, ann, room)
      expect((await post(hook, { text: 'Before' })).status).toBe(200)
      expect((await lose(room, ann)).status).toBe(204)
      const { status, body } = await post(hook, { text: 'After' })
      const reason = loss === 'erased' ? 'webhook_removed' : 'webhook_creator_lost_right'
      expect([loss, status, body.reason]).toEqual([loss, 410, reason])
      expect((await logOf(server, ben, room)).filter((line) => line.endsWith('After'))).toEqual([])
      const { items } = (await api(ben).get(`/rooms/${room}/webhooks`)).body
      const marks = items.map(({ creator_lost_right: lost }: { creator_lost_right?: true }) => lost)
      expect([loss, marks]).toEqual([loss, loss === 'erased' ? [] : [true]])
    }
  })

  test('direct, administrator and archived rooms have no webhooks', async () => {
    const { server, ada, ben } = at()
    const [ann, bob] = (await meet(server, 'ann', 'bob')) as [Person, Person]
    const { id: direct } = (await api(ann).post('/directs', { usernames: [bob.username] })).body
    const make = (person: Person, room: string) =>
      outcome(api(person).post(`/rooms/${room}/webhooks`, { name: 'Builds' }))
    expect(await make(ann, direct)).toBe('forbidden')
    expect(await make(ada, 'admin_room')).toBe('forbidden')
    const room = await makeRoom(server, ben)
    await api(ben).patch(`/rooms/${room}`, { archived: true })
    expect(await make(ben, room)).toBe('forbidden')
    expect(await membersOf(server, ben, room)).toEqual(['ben'])
  })
})
