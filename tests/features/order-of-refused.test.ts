import { expect, test } from 'bun:test'
import type { Tools } from '../../src/scope.ts'
import { DatabaseUnavailable } from '../../src/storage/errors.ts'
import { cast, makeRoom } from '../support/cast.ts'
import { rest, socketOf, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

/** The next statement that stores entries has begun, and fails with `fail`. */
function failNextInsert({ sql }: Tools) {
  const { query } = sql
  const begun = Promise.withResolvers<void>()
  const failing = Promise.withResolvers<never>()
  sql.query = (text, params) => {
    if (!text.includes('insert into log')) return query(text, params)
    sql.query = query
    begun.resolve()
    return failing.promise
  }
  return {
    begun: begun.promise,
    fail: () => failing.reject(new DatabaseUnavailable('The database is away.')),
  }
}

/*
 * The second of two messages waited for the commit of the first one. When that failed, the first was refused and the second stored;
 * the client sent the first again, and it came after the second.
 */
await onBothDatabases((database) => {
  const at = serverFor({ database }, cast)

  test('what somebody sends after a message that is refused for now is not stored before it', async () => {
    const { server, ben, cleo } = at()
    const room = await makeRoom(server, ben, [cleo])
    const other = await makeRoom(server, ben)
    const [bens, cleos] = [await socketOf(server, ben), await socketOf(server, cleo)]
    const send = (socket: typeof bens, content: string, to = room, more = {}) =>
      socket.ask({
        type: 'message.send',
        room: to,
        content,
        client_id: content.replaceAll(' ', '-'),
        ...more,
      })
    const framesIn = () =>
      Number(/^parley_socket_frames_in_total.* (\d+)$/m.exec(server.tools.metrics.text())![1])
    // The gates are in memory from here on, so that sends are queued at once.
    for (const [socket, to] of [
      [bens, room],
      [bens, other],
      [cleos, room],
    ] as const)
      await send(socket, `warm ${to} ${socket === bens}`, to)
    const insert = failNextInsert(server.tools)
    const first = send(bens, 'first')
    await insert.begun
    const before = framesIn()
    const later = [send(bens, 'second'), send(cleos, 'somebody else'), send(bens, 'elsewhere', other)]
    // It waits for the replies before it, and is not queued to be stored.
    const answer = send(bens, 'third', room, { reply_to: 3 })
    await waitFor('the others to wait for it', () => framesIn() === before + 4)
    insert.fail()
    expect(await first).toMatchObject({ type: 'error', code: 'unavailable' })
    const [second, ...others] = await Promise.all(later)
    expect(second).toMatchObject({ type: 'error', code: 'unavailable' })
    expect(await answer).toMatchObject({ type: 'error', code: 'unavailable' })
    expect(others.map(({ type }) => type)).toEqual(['reply', 'reply'])
    for (const content of ['first', 'second', 'third']) expect((await send(bens, content)).type).toBe('reply')
    const { body } = await rest(server, ben).get(`/rooms/${room}/messages`)
    const contents = (body.items as { seq: number; content: string }[])
      .sort((one, another) => one.seq - another.seq)
      .map(({ content }) => content)
    expect(contents.slice(-4)).toEqual(['somebody else', 'first', 'second', 'third'])
    for (const socket of [bens, cleos]) await socket.close()
  })
})
