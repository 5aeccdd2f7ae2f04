import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { cast, makeRoom, post } from '../support/cast.ts'
import { rest, waitFor } from '../support/client.ts'
import { startPostgres } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

const server = await startPostgres()
if (!server)
  console.error('\n!!! NO POSTGRES BINARIES HERE: the test of a promoted Postgres was NOT RUN. !!!\n')

describe.skipIf(!server)('a Postgres that was promoted', () => {
  /** It starts as a standby of nobody, and becomes a server with a timeline of its own, as after a failover. */
  async function promote(): Promise<void> {
    const admin = postgres(server!.url, { max: 1, onnotice: () => undefined })
    const [{ data_directory: directory } = { data_directory: '' }] = await admin`show data_directory`
    await admin.end()
    writeFileSync(join(String(directory), 'standby.signal'), '', { mode: 0o666 })
    server!.signal('SIGQUIT')
    await server!.restart()
    const again = postgres(server!.url, { max: 1, onnotice: () => undefined })
    await again`select pg_promote()`
    await waitFor('the promotion', async () => {
      const [row] = await again`select pg_is_in_recovery() as standby`
      return row!.standby === false
    })
    await again.end()
  }

  test('may lack the last events, which no anchor knows: every room has a new epoch, and nothing is called missing', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'parley-promoted-'))
    const parley = await startServer({ settings: { DATABASE_URL: server!.url, DATA_DIR: directory } })
    const { ben } = await cast(parley)
    const room = await makeRoom(parley, ben)
    await post(parley, ben, room, 'Hello')
    const epoch = async () => (await rest(parley, ben).get(`/rooms/${room}`)).body.epoch
    const before = await epoch()
    await parley.restart()
    expect(await epoch()).toBe(before)
    await parley.restart({}, promote)
    const renewed = await epoch()
    expect(renewed).not.toBe(before)
    expect(parley.tools.metrics.text()).not.toMatch(/^parley_log_breaks_total\{/m)
    await parley.restart()
    expect(await epoch()).toBe(renewed)
    await parley.stop()
    await server!.stop()
    rmSync(directory, { recursive: true })
  })
})
