import { expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { meet } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  const page = async (person: Person, query = '') =>
    (await rest(at().server, person).get(`/mentions${query}`)).body as { items: Frame[]; next?: string }
  const brief = async (person: Person, query = '') =>
    (await page(person, query)).items.map(({ room, kind, message, read }) => [
      room,
      kind,
      message.content,
      read,
    ])
  const send = async (person: Person, room: string, body: object) =>
    (await rest(at().server, person).post(`/rooms/${room}/messages`, body)).body.seq as number

  test('what means you is listed, newest first: your name, everybody, replies and reactions, read or not', async () => {
    const { server, ben } = at()
    const [cleo, eve] = (await meet(server, 'cleo', 'eve')) as [Person, Person]
    const [boats, tides] = [
      await makeRoom(server, ben, [cleo, eve]),
      await makeRoom(server, ben, [cleo, eve]),
    ]
    const hers = await post(server, cleo, boats, 'Who comes?')
    const first = await post(server, ben, boats, `@${cleo.username}, @room`)
    await send(ben, boats, { content: 'I do', reply_to: hers })
    await send(ben, tides, { content: '@here or @room' })
    await send(cleo, tides, { content: '@room' })
    await send(ben, boats, { content: `And @${cleo.username}?`, reply_to: hers })
    await rest(server, eve).put(`/rooms/${boats}/messages/${hers}/reactions/🎉`)
    await rest(server, eve).put(`/rooms/${boats}/messages/${hers}/reactions/👍`)
    await rest(server, cleo).put(`/rooms/${boats}/messages/${hers}/reactions/👍`)
    await rest(server, cleo).put(`/rooms/${boats}/read`, { seq: first })
    const all = [
      [boats, 'reaction', 'Who comes?', false],
      [boats, 'name', `And @${cleo.username}?`, false],
      [tides, 'room', '@here or @room', false],
      [boats, 'reply', 'I do', false],
      [boats, 'name', `@${cleo.username}, @room`, true],
    ]
    expect(await brief(cleo)).toEqual(all)
    const { items } = await page(cleo)
    expect(items[0]).toMatchObject({ actor: { username: eve.username }, emoji: '🎉', seq: hers })
    expect(Object.keys(items[1]!).sort()).toEqual(['at', 'kind', 'message', 'read', 'room', 'seq'])
    expect(items[1]!.at).toBe(items[1]!.message.created_at)

    const pages: unknown[] = []
    let next: string | undefined = ''
    while (next !== undefined) {
      const query: string = `?limit=2${next && `&before=${next}`}`
      pages.push(...(await brief(cleo, query)))
      next = (await page(cleo, query)).next
    }
    expect(pages).toEqual(all)

    await rest(server, eve).delete(`/rooms/${boats}/messages/${hers}/reactions/🎉`)
    expect((await page(cleo)).items[0]).toMatchObject({ kind: 'reaction', emoji: '👍' })
    await rest(server, eve).delete(`/rooms/${boats}/messages/${hers}/reactions/👍`)
    expect(await brief(cleo)).toEqual(all.slice(1))
    for (const wrong of ['?limit=0', '?limit=101', '?after=1', `?before=${'x'.repeat(65)}`])
      expect([wrong, (await rest(server, cleo).get(`/mentions${wrong}`)).status]).toEqual([wrong, 422])
    for (const wrong of ['nothing', '999999999999999.1.1'])
      expect(await brief(cleo, `?before=${wrong}`)).toEqual(all.slice(1))
  })

  test('what is deleted, blocked, left or closed to you is not listed, and comes back if it is yours again', async () => {
    const { server, ada, ben } = at()
    const [cleo, eve] = (await meet(server, 'cleo', 'eve')) as [Person, Person]
    const room = await makeRoom(server, ben, [cleo, eve])
    const name = `@${cleo.username}`
    const gone = await post(server, ben, room, `${name} gone`)
    const edited = await post(server, ben, room, `${name} edited`)
    await post(server, eve, room, `${name} by Eve`)
    await post(server, ben, room, `${name} stays`)
    await rest(server, ben).delete(`/rooms/${room}/messages/${gone}`)
    await rest(server, ben).patch(`/rooms/${room}/messages/${edited}`, { content: 'Nobody' })
    const texts = async () => (await brief(cleo)).map(([, , content]) => content)
    expect(await texts()).toEqual([`${name} stays`, `${name} by Eve`])
    await rest(server, cleo).put(`/users/me/blocks/${eve.username}`)
    expect(await texts()).toEqual([`${name} stays`])
    await rest(server, cleo).delete(`/users/me/blocks/${eve.username}`)
    expect(await texts()).toEqual([`${name} stays`, `${name} by Eve`])
    await rest(server, ben).delete(`/rooms/${room}/members/${cleo.username}`)
    expect(await texts()).toEqual([])
    await rest(server, cleo).put(`/rooms/${room}/members/me`, {})
    expect(await texts()).toEqual([`${name} stays`, `${name} by Eve`])
    await rest(server, ben).delete(`/rooms/${room}`)
    expect(await texts()).toEqual([])

    const office = await makeRoom(server, ada, [], { access: 'admins' })
    await rest(server, ada).put(`/users/${cleo.username}/roles/admin`)
    await rest(server, ada).put(`/rooms/${office}/members/${cleo.username}`, {})
    await post(server, ada, office, `${name} and @room, quietly`)
    expect(await texts()).toEqual([`${name} and @room, quietly`])
    await rest(server, ada).delete(`/users/${cleo.username}/roles/admin`)
    expect(await texts()).toEqual([])
  })
})
