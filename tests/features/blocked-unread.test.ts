import { expect, test } from 'bun:test'
import { countUnread } from '../../src/features/rooms/greeting-store.ts'
import { createClient } from '../../src/sdk/client.ts'
import { tokenSession } from '../../src/sdk/credentials.ts'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest, socketOf, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  test('messages of people you have blocked are not unread: in lists, hello, read marks, and live', async () => {
    const { server, ben, cleo, dan } = at()
    const api = rest(server, ben)
    const room = await makeRoom(server, ben, [cleo, dan])
    const first = await post(server, dan, room, 'One')
    await post(server, cleo, room, 'Two')
    await post(server, dan, room, `Three @${ben.username}`)
    const unread = async () => (await api.get(`/rooms/${room}`)).body.unread
    const listed = async () =>
      (await api.get('/rooms')).body.items.find(({ id }: { id: string }) => id === room).unread
    const greeted = async () => {
      const socket = await socketOf(server, ben)
      const { rooms, blocked } = await socket.next('hello')
      await socket.close()
      return [blocked, (rooms as { id: string; unread: number }[]).find(({ id }) => id === room)?.unread]
    }
    expect([await unread(), await listed(), await greeted()]).toEqual([3, 3, [[], 3]])

    const session = tokenSession({ access_token: ben.token, refresh_token: ben.refreshToken })
    const client = createClient({ url: server.url, session })
    client.connect()
    const handle = await client.room(room).open()
    const counted = () => client.state.rooms[room]?.unread
    expect(counted()).toBe(3)
    await client.block(dan.username)
    expect(client.state.blocked).toEqual([dan.username])
    expect(counted()).toBe(1)
    expect([await unread(), await listed(), await greeted()]).toEqual([1, 1, [[dan.username], 1]])

    // For a read mark a thousand entries behind, hello counts in the database.
    const [{ key }] = (await server.tools.sql.query<{ key: number }>('select key from rooms where id = $1', [
      room,
    ])) as [{ key: number }]
    const far = { roomKey: key, userId: ben.id, readSeq: 0 }
    expect(await countUnread(server.tools.sql, [far])).toMatchObject([{ unread: 1 }])

    await post(server, dan, room, 'Four')
    const last = await post(server, cleo, room, 'Five')
    await waitFor('the last message', () => (client.state.rooms[room]!.head >= last ? true : undefined))
    expect(counted()).toBe(2)
    expect(await unread()).toBe(2)

    const other = await socketOf(server, ben)
    await other.next('hello')
    handle.markRead(first)
    expect(await other.next('read.changed')).toMatchObject({ read_seq: first, unread: 2 })
    expect(counted()).toBe(2)
    await client.unblock(dan.username)
    expect([counted(), await unread()]).toEqual([4, 4])
    // On another device.
    await api.put(`/users/me/blocks/${dan.username}`, {})
    expect((await client.loadBlocked()).map(({ username }) => username)).toEqual([dan.username])
    expect([client.state.blocked, counted()]).toEqual([[dan.username], await unread()])
    await client.unblock(dan.username)
    await other.close()
    client.close()
  })
})
