import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { lockDirectory } from '../../src/storage/lock.ts'
import { fromSource, repository, runChild, startChild } from '../support/child.ts'
import { waitFor } from '../support/client.ts'
import { freshDatabase } from '../support/postgres.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-disk-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const parley = (dataDir: string, ...words: string[]) =>
  runChild(words, { env: { DATA_DIR: join(root, dataDir), LOG_LEVEL: 'warn' } })

/** One sentence, and none of the program's own words around it. */
async function refusal(dataDir: string, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await parley(dataDir, ...words)
  expect([code, stdout, stderr.trim().split('\n')]).toEqual([1, '', [expect.stringMatching(/^parley: /)]])
  return stderr
}

test('a first start on a full disk prints one sentence and leaves nothing behind', async () => {
  // As on a full disk, each file of the database is refused; the signal that comes with it is ignored.
  const line = `trap '' XFSZ; ulimit -f 8; exec ${fromSource.join(' ')} serve --port 0`
  const full = Bun.spawn(['bash', '-c', line], {
    cwd: repository,
    env: { PATH: process.env.PATH!, DATA_DIR: join(root, 'full') },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = await new Response(full.stderr).text()
  expect(said.trim().split('\n')).toHaveLength(1)
  expect(said).toContain(
    `Cannot create a database in ${join(root, 'full', 'db')}: the file would be too large.`,
  )
  expect(await full.exited).toBe(1)
  expect(readdirSync(join(root, 'full')).filter((each) => each.startsWith('db'))).toEqual([])
})

test('a directory that cannot be written to is refused with the reason', async () => {
  writeFileSync(join(root, 'file'), '')
  expect(await refusal('file', 'serve')).toContain('file/secrets.json cannot be read: a file is in')
  expect(await refusal('file', 'user', 'list')).toContain('a file is in the place of a directory')
  mkdirSync(join(root, 'broken', 'lock'), { recursive: true })
  expect(await refusal('broken', 'serve')).toContain(`Cannot store anything in ${join(root, 'broken')}: `)
})

test('a damaged database says what to do, and is left as it is', async () => {
  expect((await parley('whole', 'seed')).code).toBe(0)
  const db = join(root, 'whole', 'db')
  for (const lost of ['global/pg_control', 'PG_VERSION']) {
    rmSync(join(db, lost))
    const there = readdirSync(db)
    expect(await refusal('whole', 'serve')).toMatch(
      /does not open \(.+\)\. .+ move it away and restore a backup\./,
    )
    expect(readdirSync(db)).toEqual(expect.arrayContaining(there))
  }
})

test('a subcommand that only reads does not create a community', async () => {
  for (const words of [
    'user list',
    'user role ada admin',
    'bot list',
    'keys rotate',
    'token ada',
    'room list',
  ]) {
    expect(await refusal('mistyped', ...words.split(' '))).toContain(
      `There is no community in ${join(root, 'mistyped')}. Set DATA_DIR to its directory`,
    )
  }
  expect(existsSync(join(root, 'mistyped'))).toBe(false)
  // But this is how one begins.
  expect((await parley('mistyped', 'user', 'create', 'ada', '--role', 'admin')).code).toBe(0)
  expect((await parley('mistyped', 'user', 'list')).stdout).toBe('ada\tadmin\n')
})

test('a subcommand waits while the database is in use, as for a server that is just starting', async () => {
  await parley('busy', 'seed')
  const lock = lockDirectory(join(root, 'busy'))
  const asked = parley('busy', 'room', 'list')
  // Longer than the lock itself is waited for.
  expect(await Promise.race([asked, Bun.sleep(2500)])).toBeUndefined()
  lock.release()
  expect(await asked).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('general') })
})

test('a port that is taken, and an address that is none, are said with what to do', async () => {
  const other = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { code, stderr } = await parley('port', 'serve', '--port', String(other.port))
  expect([code, stderr]).toEqual([
    1,
    `parley: Cannot listen on 127.0.0.1, port ${other.port}: another program uses this port. Stop it, or choose another port with --port or PORT.\n`,
  ])
  await other.stop(true)
  const elsewhere = await parley('port', 'serve', '--port', '0', '--host', '192.0.2.1')
  expect(elsewhere.stderr).toContain(
    'this machine does not have that address. Set HOST to one of its addresses',
  )
})

test('a server whose terminal is closed shuts down cleanly, unless it was started with nohup', async () => {
  const env = { DATA_DIR: join(root, 'terminal') }
  const server = await startChild({ env })
  server.signal('SIGHUP')
  expect(await server.exited).toBe(0)
  expect(server.said()).toContain('"signal":"SIGHUP"')

  const nohup = await startChild({ env, command: ['nohup', ...fromSource] })
  nohup.signal('SIGHUP')
  expect((await fetch(`${nohup.url}/health/ready`)).status).toBe(200)
  nohup.signal('SIGTERM')
  expect(await nohup.exited).toBe(0)
  expect(nohup.said()).toContain('"signal":"SIGTERM"')
})

test('a backup whose terminal is closed leaves nothing behind', async () => {
  const env = { DATA_DIR: join(root, 'terminal') }
  const backup = Bun.spawn([...fromSource, 'backup', join(root, 'x.backup')], {
    env: { PATH: process.env.PATH!, ...env },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  await waitFor(
    'the draft',
    () => readdirSync(root).some((each) => each.endsWith('.unfinished')) || undefined,
  )
  backup.kill('SIGHUP')
  expect(await backup.exited).toBe(129)
  expect(readdirSync(root).filter((each) => each.includes('backup'))).toEqual([])
})

const postgres = await freshDatabase()

test.skipIf(!postgres)(
  'a Postgres that is lost in the middle is said so, and what was there stays',
  async () => {
    const env = {
      DATABASE_URL: postgres!.url,
      SECRET_KEY: randomToken(),
      ENCRYPTION_KEY: makeKey(),
      DATA_DIR: root,
    }
    expect((await runChild(['user', 'create', 'ada'], { env })).code).toBe(0)
    // In a transaction it would always see the same activity.
    const [holder, watcher] = [1, 2].map(() => new Bun.SQL(postgres!.url, { max: 1 })) as [Bun.SQL, Bun.SQL]
    // Held up, so that it is surely in the middle.
    await holder.unsafe('begin; lock table users')
    const asked = runChild(['user', 'create', 'ben'], { env })
    const waiting = `select pid from pg_stat_activity where datname = current_database() and application_name = 'parley'
    and wait_event_type = 'Lock'`
    const pid = await waitFor(
      'the wait',
      async () => (await watcher.unsafe(waiting))[0]?.pid as number | undefined,
    )
    await watcher.unsafe(`select pg_terminate_backend(${pid})`)
    await holder.unsafe('rollback')
    const { code, stdout, stderr } = await asked
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/^parley: The database .+ run this again: nothing is left half done\.\n$/),
    ])
    expect((await runChild(['user', 'list'], { env })).stdout).toBe('ada\tuser\n')
    await Promise.all([holder.end(), watcher.end()])
    await postgres!.drop()
  },
  30_000,
)
