import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { refusals } from '../../src/protocol/refusals.ts'
import { runChild } from '../support/child.ts'
import { startServer, type TestServer } from '../support/server.ts'

describe('parley health', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  test('says that a server is ready, at the port of the settings or of the option', async () => {
    const port = String(server.port)
    expect(await runChild(['health'], { env: { PORT: port } })).toMatchObject({ code: 0, stdout: 'ready\n' })
    expect(await runChild(['health', '--port', port], {})).toMatchObject({ code: 0, stdout: 'ready\n' })
  })

  test('asks this machine when the server listens on every address', async () => {
    const env = { HOST: '0.0.0.0', PORT: String(server.port) }
    expect(await runChild(['health'], { env })).toMatchObject({ code: 0, stdout: 'ready\n' })
  })

  test('fails with a sentence when the database, the server, or the right server does not respond', async () => {
    const { ping } = server.tools.sql
    server.tools.sql.ping = () => Promise.reject(new Error('away'))
    // A look at the database is good for a second.
    let away = await runChild(['health'], { env: { PORT: String(server.port) } })
    while (away.code === 0) away = await runChild(['health'], { env: { PORT: String(server.port) } })
    server.tools.sql.ping = ping
    expect(away).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `parley: ${refusals.database_away.message}\n`,
    })

    const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('Hello') })
    const url = `http://127.0.0.1:${other.port}`
    const asked = { env: { PORT: String(other.port) } }
    expect((await runChild(['health'], asked)).stderr).toBe(`parley: The server at ${url} is not Parley.\n`)
    await other.stop(true)
    expect(await runChild(['health'], asked)).toMatchObject({
      code: 1,
      stderr: `parley: No server responds at ${url}.\n`,
    })
  })
})
