import { expect, test } from 'bun:test'
import type { Tools } from '../../src/scope.ts'
import { DatabaseUnavailable } from '../../src/storage/errors.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { rest, socketOf } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'
import { outcome } from './listener.ts'

/** The next transaction is stored, and the response to its commit is lost. */
function loseNextResponse({ sql }: Tools): void {
  const { transaction } = sql
  sql.transaction = async (work) => {
    sql.transaction = transaction
    await transaction(work)
    throw new DatabaseUnavailable('The response was lost.')
  }
}

await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  test('a person who was removed by a commit whose response was lost hears and writes nothing after the event', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const [bens, cleos] = [await socketOf(server, ben), await socketOf(server, cleo)]
    for (const socket of [bens, cleos]) await socket.ask({ type: 'room.subscribe', room })
    loseNextResponse(server.tools)
    expect(await outcome(rest(server, ben).delete(`/rooms/${room}/members/cleo`))).toBe('unavailable')
    // The log is read again by itself.
    await bens.next('member.left')
    // Otherwise the client believes that it listens to a room in which nobody speaks.
    expect(await cleos.next('room.closed')).toMatchObject({ room, reason: 'removed' })
    expect((await cleos.ask({ type: 'message.send', room, content: 'Still here?' })).reason).toBe(
      'not_a_member',
    )
    const { data } = await bens.ask({ type: 'message.send', room, content: 'Not for Cleo' })
    await bens.next(({ seq }) => seq === data.seq)
    await cleos.ask({ type: 'ping' })
    expect(cleos.heard('message.created')).toEqual([])
    await Promise.all([bens, cleos].map((socket) => socket.close()))
  })

  test('a room that was archived by a commit whose response was lost takes no messages after the event', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const bens = await socketOf(server, ben)
    await bens.ask({ type: 'room.subscribe', room })
    loseNextResponse(server.tools)
    expect(await outcome(rest(server, ben).patch(`/rooms/${room}`, { archived: true }))).toBe('unavailable')
    await bens.next('room.updated')
    const sent = rest(server, cleo).post(`/rooms/${room}/messages`, { content: 'Too late' })
    expect((await sent).body.reason).toBe('room_archived')
    await bens.close()
  })
})
