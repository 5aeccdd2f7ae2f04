import { expect, test } from 'bun:test'
import { makeTokens } from '../../src/operator/tokens.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { socketOf } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

await onBothDatabases((database) => {
  const it = serverFor({ database }, cast)

  // Each membership that changed used to throw away those being read, of everybody: a crowd never got in.
  test('sixty new users open one room at once, and all of them get in', async () => {
    const { server, ben } = it()
    const room = await makeRoom(server, ben, [], { access: 'open', id: 'stadium' })
    const usernames = Array.from({ length: 60 }, (_, index) => `fan${index}`)
    const fans = await makeTokens(server.tools, { usernames, create: true })
    const sockets = await Promise.all(fans.map((fan) => socketOf(server, fan, `/ws/${room}`)))
    const first = await Promise.all(
      sockets.map((socket) => socket.until('a first frame', () => socket.all[0])),
    )
    expect(first.map(({ type }) => type)).toEqual(usernames.map(() => 'room.ready'))
    await Promise.all(sockets.map((socket) => socket.close()))
  })
})
