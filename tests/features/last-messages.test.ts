import { expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, type Person, rest } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { statementsOf } from '../support/statements.ts'
import { meet } from './listener.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)
  const people = async (...names: string[]) => meet(at().server, ...names)
  const lastOf = async (person: Person, query = '') =>
    (await rest(at().server, person).get(`/last-messages${query}`)).body as { items: Frame[]; next?: number }
  /** The text of the last message of each room. */
  const wordsOf = async (person: Person) =>
    Object.fromEntries((await lastOf(person)).items.map(({ room, message }) => [room, message.content]))

  test('you get the last message of each of your rooms, with its last text, page by page', async () => {
    const { server } = at()
    const [ann, ben] = (await people('ann', 'ben')) as [Person, Person]
    const [room, other, quiet] = [
      await makeRoom(server, ann, [ben]),
      await makeRoom(server, ben, [ann]),
      await makeRoom(server, ben, [ann]),
    ]
    await post(server, ann, room, 'Fish?')
    const seq = await post(server, ben, room, 'Boast?')
    await rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content: 'Boats?' })
    await post(server, ann, other, 'Nets?')
    const { items, next } = await lastOf(ann)
    expect(items).toMatchObject([
      { room, head: seq + 1, message: { room, seq, content: 'Boats?', author: { username: ben.username } } },
      { room: other, message: { content: 'Nets?', author: { username: ann.username } } },
    ])
    expect(items[0]!.message.edited_at).toBeString()
    expect(next).toBeUndefined()
    const first = await lastOf(ann, '?limit=1')
    const second = await lastOf(ann, `?limit=1&after=${first.next}`)
    expect([...first.items, ...second.items]).toEqual(items)
    expect(second.next).toBeUndefined()

    await rest(server, ben).delete(`/rooms/${room}/messages/${seq}`)
    const [gone] = (await lastOf(ann)).items
    expect(gone!.message).toMatchObject({ seq, content: '', deleted_at: expect.any(String) })
    await post(server, ben, quiet, 'Not so quiet')
    expect(await wordsOf(ann)).toMatchObject({ [quiet]: 'Not so quiet' })
  })

  test('nobody gets a word of a room that they are not in, not in any more, or not allowed to read', async () => {
    const { server, ada } = at()
    const [ann, ben, dan] = (await people('ann', 'ben', 'dan')) as [Person, Person, Person]
    const closed = await makeRoom(server, ben, [], { access: 'closed' })
    const open = await makeRoom(server, ben, [ann])
    for (const room of [closed, open]) await post(server, ben, room, `Said in ${room}`)
    expect(await wordsOf(dan)).toEqual({})
    expect(await wordsOf(ann)).toEqual({ [open]: `Said in ${open}` })
    // They share no room, so he is only invited.
    await rest(server, ben).put(`/rooms/${closed}/members/${dan.username}`, {})
    expect(await wordsOf(dan)).toEqual({})
    await rest(server, ben).put(`/rooms/${closed}/members/${ann.username}`, {})
    expect(await wordsOf(ann)).toHaveProperty(closed)
    await rest(server, ben).delete(`/rooms/${closed}/members/${ann.username}`)
    expect(await wordsOf(ann)).toEqual({ [open]: `Said in ${open}` })
    // An administrator is in the list of no room that they have not joined.
    expect(await wordsOf(ada)).not.toHaveProperty(closed)
    await rest(server, ben).delete(`/rooms/${open}`)
    expect(await wordsOf(ann)).toEqual({})
  })

  test('a person who loses a room while its last message is being read gets nothing of it', async () => {
    const { server } = at()
    const [ann, ben] = (await people('ann', 'ben')) as [Person, Person]
    const room = await makeRoom(server, ben, [ann])
    await post(server, ben, room, 'Just now')
    expect(await wordsOf(ann)).toEqual({ [room]: 'Just now' })
    const [found] = await server.tools.sql.query<{ id: string }>('select id from users where username = $1', [
      ann.username,
    ])
    // The last messages have been read, and come late.
    const { query } = server.tools.sql
    const read = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    server.tools.sql.query = async (text, params) => {
      const rows = await query(text, params)
      if (!text.includes('as last') || !params?.includes(found!.id)) return rows as never
      server.tools.sql.query = query
      read.resolve()
      await released.promise
      return rows as never
    }
    const asked = wordsOf(ann)
    await read.promise
    await rest(server, ben).delete(`/rooms/${room}/members/${ann.username}`)
    released.resolve()
    expect(await asked).toEqual({})
  })

  test('a person who was an administrator gets nothing of the rooms of administrators', async () => {
    const { server, ada } = at()
    const [eve] = (await people('eve')) as [Person]
    await rest(server, ada).put(`/users/${eve.username}/roles/admin`)
    const room = await makeRoom(server, ada, [eve], { access: 'admins' })
    await post(server, ada, room, 'Among us')
    expect(await wordsOf(eve)).toEqual({ [room]: 'Among us' })
    await rest(server, ada).delete(`/users/${eve.username}/roles/admin`)
    expect(await wordsOf(eve)).toEqual({})
  })

  test('history that got too old has no last message', async () => {
    const { server } = at()
    const [ann] = (await people('ann')) as [Person]
    const room = await makeRoom(server, ann)
    const seq = await post(server, ann, room, 'Long ago')
    await server.tools.sql.query('update rooms set expired_seq = $2 where id = $1', [room, seq])
    expect(await wordsOf(ann)).toEqual({})
  })

  test('eleven rooms cost hardly more statements than one', async () => {
    const { server } = at()
    const [ann] = (await people('ann')) as [Person]
    const costOf = async () => {
      const before = statementsOf(server)
      await lastOf(ann)
      return statementsOf(server) - before
    }
    for (let n = 0; n < 11; n++) await post(server, ann, await makeRoom(server, ann), `Number ${n}`)
    await lastOf(ann)
    // Its own work is among them.
    expect(await costOf()).toBeLessThan(11)
  })
})
