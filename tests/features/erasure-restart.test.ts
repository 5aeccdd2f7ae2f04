import { expect, test } from 'bun:test'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { onBothDatabases, startServer } from '../support/server.ts'
import { membersOf, outcome } from './listener.ts'

await onBothDatabases((database) => {
  /**
   * Seen: inside a transaction people nobody had met since the start were looked up over another connection, for which
   * the embedded database waits without end.
   */
  test('right after a restart a moderator can delete a message of a person who has not connected yet, and such a person can inherit a room', async () => {
    const server = await startServer({ database })
    const { ben, cleo, dan } = await cast(server)
    const room = await makeRoom(server, ben, [cleo, dan])
    const seq = await post(server, cleo, room, 'Words')
    await server.restart()
    expect(await outcome(rest(server, ben).delete(`/rooms/${room}/messages/${seq}`))).toBe('ok')
    await server.restart()
    expect(await outcome(rest(server, ben).delete('/users/me'))).toBe('ok')
    expect(await membersOf(server, cleo, room)).toEqual(['cleo', 'dan'])
    await server.stop()
  })
})
