import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromSource, startChild } from '../support/child.ts'
import { bearer, rest, socketOf, type TestSocket, tryUpgrade, waitFor } from '../support/client.ts'
import { tokensFor } from '../support/command-line.ts'

const root = mkdtempSync(join(tmpdir(), 'parley-descriptors-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/*
 * With a limit of 256 open files and more connections than that, nobody else was answered, the database could not open
 * its files, and Bun tried to accept the next connection without a pause.
 */
test.skipIf(process.platform !== 'linux')(
  'sockets leave enough open files for everything else, and the start says how many they may be',
  async () => {
    const env = { DATA_DIR: join(root, 'data'), RATE_LIMITS: 'off' }
    const server = await startChild({
      env,
      command: ['bash', '-c', 'ulimit -n 256; exec "$@"', 'parley', ...fromSource],
    })
    const ada = { token: (await tokensFor(['ada'], { env })).get('ada')! }
    await rest(server, ada).put('/rooms/general/members/me', {})
    const most = Number(/"mostSockets":(\d+)/.exec(server.said())?.[1])
    expect(most).toBe(56)

    const sockets: TestSocket[] = []
    for (let index = 0; index < most; index++) sockets.push(await socketOf(server, ada))
    for (let index = 0; index < 250; index++) {
      const { status, text } = await tryUpgrade(server, '/ws', bearer(ada))
      expect([status, text]).toEqual([503, expect.stringContaining('"reason":"server_full"')])
    }
    expect(readdirSync(`/proc/${server.pid}/fd`).length).toBeLessThan(250)
    expect((await rest(server, ada).post('/rooms/general/messages', { content: 'Hello' })).status).toBe(201)
    expect((await rest(server).get('/health/ready')).status).toBe(200)
    // Where one leaves, another may come.
    await sockets.pop()!.close()
    await waitFor('a place', async () => (await tryUpgrade(server, '/ws', bearer(ada))).status === 101)
    for (const socket of sockets) await socket.close()
    server.signal('SIGTERM')
    expect(await server.exited).toBe(0)
  },
)
