import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../support/child.ts'
import { rest, waitFor } from '../support/client.ts'
import { onBothDatabases, serverFor } from '../support/server.ts'

const stateOf = async (server: { url: string }) => (await rest(server).get('/health/ready')).status

/** Waits until it says so: what it found is good for a second. */
const becomes = (server: { url: string }, status: number) =>
  waitFor(`ready says ${status}`, async () => (await stateOf(server)) === status || undefined)

await onBothDatabases((database) => {
  const at = serverFor({ database }, async () => ({}))

  // It only asked whether the database answers, which it does without its tables too.
  test('a server is ready only while a message would be stored', async () => {
    const { server } = at()
    const { sql } = server.tools
    expect(await stateOf(server)).toBe(200)
    await sql.query('alter table log rename to elsewhere')
    await becomes(server, 503)
    await sql.query('alter table elsewhere rename to log')
    await becomes(server, 200)
  })
})

test('a server whose directory is removed while it runs is not ready', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'parley-ready-'))
  const server = await startChild({ env: { DATA_DIR: directory } })
  expect(await stateOf(server)).toBe(200)
  rmSync(directory, { recursive: true, force: true })
  await becomes(server, 503)
  expect((await rest(server).get('/health')).status).toBe(200)
  server.signal('SIGKILL')
  await server.exited
})
