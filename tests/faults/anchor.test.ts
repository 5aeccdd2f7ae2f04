import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChild } from '../support/child.ts'
import { rest, waitFor } from '../support/client.ts'
import { tokensFor } from '../support/command-line.ts'
import { databasesHere, openPlace } from './place.ts'

/** A server that is killed has not written its anchor, and finds more in the database than the anchor says. */
describe.each(await databasesHere())('on %s', (database) => {
  test('a server that was killed starts with the epoch and the events that it had, and notices nothing', async () => {
    const place = (await openPlace(database))!
    const directory = place.env.DATA_DIR!
    const tokens = await tokensFor(['ben'], place)
    const ben = { token: tokens.get('ben')! }
    let server = await startChild(place)
    const room = (await rest(server, ben).post('/rooms', { id: 'pier' })).body
    const anchor = () =>
      readdirSync(directory)
        .filter((name) => /^anchor-\w+-\w+$/.test(name))
        .map((name) => readFileSync(join(directory, name), 'utf8'))
    const first = anchor()
    await rest(server, ben).post('/rooms/pier/messages', { content: 'Hello' })
    await waitFor('an anchor with the message', () => anchor()[0] !== first[0])
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 5; n++)
        await rest(server, ben).post('/rooms/pier/messages', { content: `${round} ${n}` })
      server.signal('SIGKILL')
      await server.exited
      server = await startChild(place)
      const { epoch, head } = (await rest(server, ben).get('/rooms/pier')).body
      expect([epoch, head]).toEqual([room.epoch, 2 + 5 * (round + 1)])
      const metrics = await (await fetch(`${server.url}/metrics`)).text()
      expect(metrics).not.toMatch(/^parley_log_breaks_total\{/m)
    }
    server.signal('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(server.said()).not.toMatch(/anchor|older/)
    await place.close()
  })
})
