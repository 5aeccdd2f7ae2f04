import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { migratedPlace } from '../seeds/place.ts'
import { type Child, fromSource, repository, runChild, startChild } from '../support/child.ts'
import { rest, waitFor } from '../support/client.ts'
import { runCommand } from '../support/command-line.ts'
import { freshDatabase } from '../support/postgres.ts'
import { hasTmux, sitDown, type Terminal } from '../tui/terminal.ts'

const fresh = await freshDatabase()
afterAll(() => fresh?.drop())

/** What a person sees of the command line, with keys in and the screen out. */
describe.skipIf(!hasTmux)('at a terminal', () => {
  let place: Awaited<ReturnType<typeof migratedPlace>>
  let server: Child
  const sitting: Terminal[] = []
  const sit = (command: string, words: string[], env: Record<string, string> = {}) => {
    const terminal = sitDown({
      command: fromSource,
      words: [command, ...words],
      env: { ...place.env, ...env },
    })
    sitting.push(terminal)
    return terminal
  }

  beforeAll(async () => {
    place = await migratedPlace('embedded')
    server = await startChild(place)
    for (const name of ['ada', 'someone-with-a-long-name'])
      await runCommand(['user', 'create', name, '--password', 'a password for both'], place)
    await runCommand(['room', 'create', 'lunch'], place)
  })
  afterAll(async () => {
    for (const terminal of sitting) terminal.close()
    server?.signal('SIGTERM')
    await server?.exited
    await place.remove()
  })

  const bold = '\x1b[1m'

  test('headings are bold, but not with NO_COLOR', async () => {
    const help = sit('help', [])
    await help.sees('ended with 0')
    expect(help.painted()).toContain(`${bold}Usage`)
    const plain = sit('help', [], { NO_COLOR: '1' })
    await plain.sees('ended with 0')
    expect(plain.painted()).not.toContain('\x1b[')
  })

  test('errors are printed in colour on a terminal', async () => {
    const wrong = sit('usr', [])
    await wrong.sees('ended with 2')
    expect(wrong.painted()).toContain('\x1b[31mparley:')
  })

  test('lists stand in columns', async () => {
    const list = sit('user', ['list'])
    const screen = await list.sees('ended with 0')
    const rows = screen.split('\n').filter((row) => row.includes(' user'))
    expect(rows.map((row) => row.indexOf('user'))).toEqual([26, 26])
  })

  test('a room is deleted only after a yes', async () => {
    const no = sit('room', ['delete', 'lunch'])
    await no.sees('Delete the room "lunch" and all its messages? [y/N]')
    no.say('')
    await no.sees('ended with 1')
    const never = sit('room', ['delete', 'lunch'])
    await never.sees('[y/N]')
    never.press('C-c')
    await never.sees('ended with 130')
    const tokens = await runCommand(['token', 'ada'], place)
    const ada = { token: tokens.stdout.trim().split(' ')[1]! }
    expect((await rest(server, ada).get('/rooms/lunch')).status).toBe(200)
    const yes = sit('room', ['delete', 'lunch'])
    await yes.sees('[y/N]')
    yes.say('y')
    await yes.sees('deleted room lunch')
    await yes.sees('ended with 0')
    expect((await rest(server, ada).get('/rooms/lunch')).status).toBe(404)
  })

  test('a password is asked for twice, and not seen', async () => {
    const slip = sit('user', ['password', 'ada', '--password', '-'])
    await slip.sees('New password:')
    slip.say('a long one that nobody sees')
    await slip.sees('Repeat the password:')
    slip.say('a long one that nobody sese')
    const screen = await slip.sees('ended with 2')
    expect(screen).toContain('The passwords do not match.')
    expect(screen).not.toContain('nobody s')
    const right = sit('user', ['password', 'ada', '--password', '-'])
    for (const question of ['New password:', 'Repeat the password:']) {
      await right.sees(question)
      right.say('a long one that nobody sees')
    }
    await right.sees('ada has a new password and must log in again')
    const { status } = await rest(server).post('/auth/login', {
      username: 'ada',
      password: 'a long one that nobody sees',
    })
    expect(status).toBe(200)
  })

  test('progress is drawn on one line, and is cleared at the end', async () => {
    const written = Bun.spawnSync(
      ['script', '-qec', [...fromSource, 'backup', '-', '> /dev/null'].join(' '), '/dev/null'],
      {
        cwd: repository,
        env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...place.env },
      },
    ).stdout.toString()
    const [before, ...drawn] = written.split('\r\x1b[2K')
    expect([before, drawn[0]]).toEqual(['', expect.stringMatching(/^rows written: \d+$/)])
    expect(drawn.at(-1)).not.toContain('rows written')
    const piped = await runChild(['backup', '-'], place)
    expect(piped.stderr).not.toContain('\r')
  })
})

describe('Ctrl-C', () => {
  const start = (words: string[], env: Record<string, string>, cwd = repository) =>
    Bun.spawn([...fromSource, ...words], {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })

  test.skipIf(!fresh)('ends soon, quietly and with 130, even while it waits for a lock', async () => {
    const other = postgres(fresh!.url, { max: 1 })
    // As if another process were migrating without end.
    await other`select pg_advisory_lock(1348563564, 1702454561)`
    const secrets = { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey() }
    const child = start(['user', 'list'], { DATABASE_URL: fresh!.url, ...secrets })
    await waitFor('somebody waiting for the lock', async () => {
      const waiting = await other`select 1 from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`
      return waiting.length > 0
    })
    child.kill('SIGINT')
    expect(await child.exited).toBe(130)
    const said = [child.stdout, child.stderr].map((stream) => new Response(stream).text())
    expect(await Promise.all(said)).toEqual(['', ''])
    await other.end()
  })

  test('leaves nothing half done behind', async () => {
    const place = await migratedPlace('embedded')
    const server = await startChild(place)
    const folder = mkdtempSync(join(tmpdir(), 'parley-half-'))
    try {
      // It takes the question, and gives no answer.
      server.signal('SIGSTOP')
      const child = start(['backup'], place.env, folder)
      await waitFor('the beginning of a file', () => readdirSync(folder).length > 0)
      child.kill('SIGINT')
      expect(await child.exited).toBe(130)
      expect(readdirSync(folder)).toEqual([])
    } finally {
      server.signal('SIGCONT')
      server.signal('SIGTERM')
      await server.exited
      rmSync(folder, { recursive: true })
      await place.remove()
    }
  })
})
