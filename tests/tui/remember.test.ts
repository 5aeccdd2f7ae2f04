import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cast, cast, makeRoom } from '../support/cast.ts'
import { rest } from '../support/client.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { hasTmux, sitDown, type Terminal } from './terminal.ts'

describe.skipIf(!hasTmux)('a session', () => {
  let server: TestServer
  let people: Cast
  const home = mkdtempSync(join(tmpdir(), 'parley-home-'))
  const folder = join(home, 'parley')

  beforeAll(async () => {
    server = await startServer()
    people = await cast(server)
    await makeRoom(server, people.ben, [], { id: 'den', title: 'Den' })
  })
  afterAll(async () => {
    await server.stop()
    rmSync(home, { recursive: true, force: true })
  })

  async function at(words: string[], act: (terminal: Terminal) => Promise<void>): Promise<void> {
    const terminal = sitDown({ words: ['--url', server.url, ...words], env: { XDG_CONFIG_HOME: home } })
    try {
      await act(terminal)
    } finally {
      terminal.close()
    }
  }
  const sessions = async () =>
    (await rest(server, people.ben).get('/auth/sessions')).body.items.length as number

  test('ends when you quit, and leaves nothing behind', async () => {
    const before = await sessions()
    await at(['--user', 'ben'], async (ben) => {
      await ben.sees('Password:')
      ben.say(people.ben.password)
      await ben.sees(/^ Den/m)
      expect(await sessions()).toBe(before + 1)
      ben.say('/quit')
      await ben.sees('ended with 0')
    })
    expect(await sessions()).toBe(before)
    expect(existsSync(folder)).toBe(false)
  })

  test('is saved only on request, in a file that only its owner can read, until /logout', async () => {
    await at(['--user', 'ben', '--remember'], async (ben) => {
      await ben.sees('Password:')
      ben.say(people.ben.password)
      await ben.sees(/^ Den/m)
      ben.say('/quit')
      await ben.sees('ended with 0')
    })
    const [file] = readdirSync(folder)
    expect(statSync(join(folder, file!)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(folder, file!), 'utf8')).not.toContain(people.ben.password)

    await at([], async (ben) => {
      await ben.sees(/^ Den/m)
      ben.say('/logout')
      await ben.sees('ended with 0')
    })
    expect(readdirSync(folder)).toEqual([])
  })
})
