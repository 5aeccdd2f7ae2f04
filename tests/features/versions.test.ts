import { describe, expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { type Frame, rest } from '../support/client.ts'
import { clientOver, eachDoor } from '../support/doors.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  describe.each(eachDoor)('over %s', (door) => {
    test('everybody in the room sees each text that a message has had, page by page', async () => {
      const { server, ben, cleo } = at()
      const room = await makeRoom(server, ben, [cleo])
      const seq = await post(server, ben, room, 'Frist')
      const change = (content: string) =>
        rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content })
      const cleos = await clientOver(door, server, cleo)
      const only = (await cleos.versions(room, seq)).data!
      expect<unknown>(only).toEqual({ items: [{ seq, at: expect.any(String), content: 'Frist' }] })

      await change('First')
      await post(server, cleo, room, 'What?')
      await change('First!')
      const { items } = (await cleos.versions(room, seq)).data!
      expect(items.map(({ content }: Frame) => content)).toEqual(['Frist', 'First', 'First!'])
      const message = (await rest(server, cleo).get(`/rooms/${room}/messages/${seq}`)).body
      expect([items[0].at, items[2].at]).toEqual([message.created_at, message.edited_at])

      const page = (await cleos.versions(room, seq, { limit: 1 })).data!
      expect<unknown>(page).toEqual({ items: [items[0]], next: seq })
      const second = (await cleos.versions(room, seq, { limit: 1, after: page.next })).data!
      expect<unknown>(second).toEqual({ items: [items[1]], next: items[1].seq })
      expect<unknown>((await cleos.versions(room, seq, { after: second.next })).data).toEqual({
        items: [items[2]],
      })
      await cleos.close()
    })

    test('there are none of what does not exist, and nothing is left of a deleted message', async () => {
      const { server, ben, cleo, dan } = at()
      const room = await makeRoom(server, ben, [cleo], { access: 'closed' })
      const seq = await post(server, ben, room, 'Frist')
      await rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content: 'First' })
      const [cleos, dans] = [await clientOver(door, server, cleo), await clientOver(door, server, dan)]
      expect(await cleos.versions(room, 999)).toMatchObject({ reason: 'message_not_found' })
      // An edit is no message.
      expect(await cleos.versions(room, seq + 1)).toMatchObject({ reason: 'message_not_found' })
      expect(await dans.versions(room, seq)).toMatchObject({ reason: 'room_not_found' })
      await rest(server, ben).delete(`/rooms/${room}/messages/${seq}`)
      expect(await cleos.versions(room, seq)).toMatchObject({ code: 'gone', reason: 'message_deleted' })
      for (const client of [cleos, dans]) await client.close()
    })
  })

  test('a text that was changed in the database is not shown', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const seq = await post(server, ben, room, 'Frist')
    const other = await post(server, ben, room, 'Another')
    await rest(server, ben).patch(`/rooms/${room}/messages/${seq}`, { content: 'First' })
    await server.tools.sql.query(
      `update log set body = (select body from log as other where other.room_key = log.room_key and other.seq = $2)
       where room_key = (select key from rooms where id = $1) and seq = $3`,
      [room, other, seq],
    )
    const { items } = (await rest(server, cleo).get(`/rooms/${room}/messages/${seq}/versions`)).body
    expect(items).toMatchObject([{ content: '', damaged: true }, { content: 'First' }])
  })
})
