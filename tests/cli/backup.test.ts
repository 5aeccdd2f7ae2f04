// Longer than 300 lines: one community is backed up and restored in every way.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { loadSecrets } from '../../src/secrets.ts'
import { openStorage } from '../../src/storage/open.ts'
import { fill } from '../archive/community.ts'
import { contentsOf } from '../archive/support.ts'
import { type Cast, logIn, post, setUp, signUp } from '../support/cast.ts'
import { type Child, fromSource, repository, startChild } from '../support/child.ts'
import { rest, socketOf, waitFor } from '../support/client.ts'
import { runCommand } from '../support/command-line.ts'
import { sendFile } from '../support/files.ts'
import { freshDatabase, postgresForTests } from '../support/postgres.ts'

const hasPostgres = (await postgresForTests())?.url !== undefined
type Env = Record<string, string>

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-backup-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

let places = 0
const embedded = (): Env => ({
  DATA_DIR: join(root, `data-${++places}`),
  RATE_LIMITS: 'off',
  LOG_LEVEL: 'warn',
})

async function found(server: Child): Promise<Cast> {
  const code = await waitFor('the set-up link', () => /#setup=(\S+)/.exec(server.said())?.[1])
  const ada = await setUp({ url: server.url, setupCode: code }, 'ada')
  const [ben, cleo, dan] = await Promise.all(['ben', 'cleo', 'dan'].map((name) => signUp(server, name)))
  return { ada, ben: ben!, cleo: cleo!, dan: dan! }
}

async function stop(server: Child): Promise<void> {
  server.signal('SIGTERM')
  await server.exited
}

/** Every row in the database at rest, with the texts opened by its own keys. */
async function contents(env: Env) {
  const config = readConfig(env)
  const { keyring } = loadSecrets(config)
  const { databaseUrl, dataDir } = config
  const storage = await openStorage({ ...(databaseUrl !== undefined && { databaseUrl }), dataDir })
  try {
    return await contentsOf(storage, keyring)
  } finally {
    await storage.close()
  }
}

const parley = async (env: Env, ...words: string[]) => {
  const run = await runCommand(words, { env, cwd: root })
  return { code: run.code, out: run.stdout, err: run.stderr }
}

/** What `parley restore --json` says of its refusal. */
const refused = async (env: Env, ...words: string[]) => {
  const { code, out, err } = await parley(env, 'restore', ...words, '--json')
  expect([code, out]).toEqual([1, ''])
  return JSON.parse(err)
}

test.skipIf(!hasPostgres)(
  'a community moves from embedded to Postgres and back, row by row, with one line each',
  async () => {
    const home = embedded()
    const first = await startChild({ env: home })
    const people = await found(first)
    const room = await fill(first, people)
    await sendFile(first, people.ben, room, 'Nets, ropes, a lamp')
    const socket = await socketOf(first, people.ben)
    const { data } = await socket.ask({ type: 'room.subscribe', room })
    await socket.close()
    const fresh = (await freshDatabase())!
    const server: Env = {
      ...embedded(),
      DATABASE_URL: fresh.url,
      SECRET_KEY: randomToken(48),
      ENCRYPTION_KEY: makeKey(),
    }
    const pipe = async (from: Env, to: Env, ...words: string[]) => {
      const quoted = (env: Env) =>
        Object.entries(env)
          .map(([name, value]) => `${name}='${value}'`)
          .join(' ')
      const command = fromSource.join(' ')
      const line = `set -o pipefail; env ${quoted(from)} ${command} backup - | env ${quoted(to)} ${command} restore - ${words.join(' ')}`
      const run = Bun.spawn(['bash', '-c', line], {
        cwd: repository,
        env: { PATH: process.env.PATH! },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const [out, err] = await Promise.all([run.stdout, run.stderr].map((each) => new Response(each).text()))
      return { code: await run.exited, out: out!, err: err! }
    }

    // From under a server that runs, and so through its control socket.
    const there = await pipe(home, server)
    expect([there.code, there.out]).toEqual([0, expect.stringContaining('everyone has to log in again')])
    await stop(first)
    const before = await contents(home)
    expect(before.log!.length).toBeGreaterThan(25)
    for (const [name, rows] of Object.entries(before)) expect([name, rows.length]).not.toEqual([name, 0])
    expect(await contents(server)).toEqual(before)

    const second = await startChild({ env: server })
    expect((await rest(second, people.ben).get('/users/me')).status).toBe(401)
    const ben = await logIn(second, 'ben')
    const again = await socketOf(second, ben)
    const resumed = await again.ask({
      type: 'room.subscribe',
      room,
      since: { epoch: data.epoch, seq: data.head },
    })
    expect(resumed.data).toMatchObject({ mode: 'reset', head: data.head })
    expect(resumed.data.epoch).not.toBe(data.epoch)
    await again.close()
    // A database in use is no place for a restore.
    const inUse = await parley(server, 'backup', 'in-use.backup')
    expect(inUse).toMatchObject({ code: 0, out: expect.stringContaining('the keys are not in the file') })
    expect(await refused(server, 'in-use.backup', '--replace')).toMatchObject({ reason: 'database_in_use' })

    const back = embedded()
    writeFileSync(join(root, 'keys'), server.ENCRYPTION_KEY!, { mode: 0o600 })
    const home2 = await pipe(server, back, '--keys', join(root, 'keys'))
    expect(home2).toMatchObject({ code: 0 })
    await stop(second)
    const [onServer, atHome] = [await contents(server), await contents(back)]
    expect(atHome).toEqual(onServer)
    // Only what happened there since: the log-in of Ben has left nothing that a backup keeps.
    expect(atHome.log).toEqual(before.log)
    const third = await startChild({ env: back })
    const cleo = await logIn(third, 'cleo')
    await post(third, cleo, room, 'Home again')
    await stop(third)
    await fresh.drop()
  },
)

describe('parley backup', () => {
  let env: Env
  let server: Child
  beforeAll(async () => {
    env = embedded()
    server = await startChild({ env })
    await fill(server, await found(server))
  })
  afterAll(() => stop(server))

  test('writes a file for this user only, whole or not at all, and never over another', async () => {
    const made = await parley(env, 'backup')
    const name = `parley-${new Date().toISOString().slice(0, 10)}.backup`
    expect(made).toMatchObject({ code: 0, err: '' })
    expect(made.out).toMatch(`wrote ${name}\n5 users, `)
    expect(made.out).toContain('the keys are in the file: anyone who has it can read every message')
    expect(statSync(join(root, name)).mode & 0o777).toBe(0o600)
    const size = statSync(join(root, name)).size
    expect(await parley(env, 'backup', name)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`${join(root, name)} exists already: add --force to replace it.`),
    })
    const again = await parley(env, 'backup', '--force', '--without-keys', '--json', name)
    expect(again.code).toBe(0)
    expect(JSON.parse(again.out)).toMatchObject({
      ...{ file: join(root, name), keys: false, bytes: statSync(join(root, name)).size },
      rows: { users: 5 },
    })
    expect(statSync(join(root, name)).size).toBeLessThan(size)
    expect(readdirSync(root).filter((each) => each.includes('unfinished'))).toEqual([])
  })

  test('keeps as many backups in a directory as a timer wants, and deletes nothing else there', async () => {
    const into = join(root, 'kept', 'here')
    const first = await parley(env, 'backup', '--into', into, '--keep', '2')
    expect(first).toMatchObject({ code: 0, err: '', out: expect.not.stringContaining('deleted') })
    const [made] = readdirSync(into)
    expect(made).toMatch(/^parley-\d{4}-\d\d-\d\dT\d{6}Z\.backup$/)
    expect([statSync(into).mode & 0o777, statSync(join(into, made!)).mode & 0o777]).toEqual([0o700, 0o600])
    const years = [2019, 2020, 2021].map((year) => `parley-${year}-03-04T050607Z.backup`)
    const others = [
      'parley-2019-03-04.backup',
      'notes.txt',
      'parley-2018-03-04T050607Z.backup.old',
      'before-upgrade.backup',
    ]
    for (const name of [...years, ...others]) writeFileSync(join(into, name), 'x')
    rmSync(join(into, made!))
    const second = await parley(env, 'backup', '--into', into, '--keep', '2', '--json')
    expect(JSON.parse(second.out).deleted).toEqual(years.slice(0, 2))
    const left = readdirSync(into).filter((name) => !others.includes(name))
    expect(left.sort()).toEqual([years[2]!, expect.stringMatching(/^parley-20[2-9]/)])
    expect(readdirSync(into)).toEqual(expect.arrayContaining(others))
    const copy = embedded()
    expect((await parley(copy, 'restore', join(into, left[1]!))).code).toBe(0)
  })

  test('deletes no older backup when the new one fails', async () => {
    const into = join(root, 'kept-all')
    mkdirSync(into)
    const old = ['parley-2019-03-04T050607Z.backup', 'parley-2020-03-04T050607Z.backup']
    for (const name of old) writeFileSync(join(into, name), 'x')
    const nowhere = {
      ...embedded(),
      DATABASE_URL: 'postgres://x:y@127.0.0.1:1/x',
      SECRET_KEY: randomToken(48),
      ENCRYPTION_KEY: makeKey(),
    }
    expect((await parley(nowhere, 'backup', '--into', into, '--keep', '1')).code).toBe(1)
    expect(readdirSync(into).sort()).toEqual(old)
  })

  test.each([
    [['--keep', '3'], '--keep needs --into.'],
    [['--into', 'kept', '--keep', '0'], '--keep must be a number from 1'],
    [['--into', 'kept', '--keep', '-1'], '--keep must be a number from 1'],
    [['--into', 'kept', 'x.backup'], 'not both'],
    [['--into', 'kept', '-'], 'not both'],
    [['--into', 'kept', '--force'], '--force is for a file'],
  ])('refuses %j', async (words, sentence) => {
    expect(await parley(env, 'backup', ...words)).toMatchObject({
      code: 2,
      err: expect.stringContaining(sentence),
    })
  })

  test('is seen in the metrics, so that an alert can ask how old the last one is', async () => {
    const metric = async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text()
      return Number(/^parley_last_backup_timestamp_seconds\S* (\S+)$/m.exec(text)?.[1])
    }
    for (const words of [['-'], ['--into', join(root, 'seen')]]) {
      const before = Math.floor(Date.now() / 1000)
      expect((await parley(env, 'backup', ...words)).code).toBe(0)
      expect(await metric()).toBeGreaterThanOrEqual(before)
    }
    rmSync(join(env.DATA_DIR!, 'last-backup'))
    expect(await metric()).toBeNaN()
    expect((await parley(env, 'backup', '--into', '/dev/null/x')).code).toBe(1)
    expect(await metric()).toBeNaN()
  })

  test('leaves nothing behind where it cannot write', async () => {
    expect(await parley(env, 'backup', 'nowhere/x.backup')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nowhere/x.backup cannot be written: no such directory.'),
    })
    const full = Bun.spawn(['bash', '-c', `${fromSource.join(' ')} backup - > /dev/full`], {
      cwd: repository,
      env: { PATH: process.env.PATH!, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    expect(await new Response(full.stderr).text()).toContain(
      'Standard output cannot be written: the disk is full.',
    )
    expect(await full.exited).toBe(1)
    const gone = Bun.spawnSync(['bash', '-c', `set -o pipefail; ${fromSource.join(' ')} backup - | true`], {
      cwd: repository,
      env: { PATH: process.env.PATH!, ...env },
    })
    expect([gone.exitCode, gone.stderr.toString()]).toEqual([
      1,
      expect.stringContaining('the reader has closed it'),
    ])
    // A file may grow to one block only; the signal that comes with it is ignored.
    const line = `trap '' XFSZ; ulimit -f 1; exec ${fromSource.join(' ')} backup ${join(root, 'large.backup')}`
    const large = Bun.spawn(['bash', '-c', line], {
      cwd: repository,
      env: { PATH: process.env.PATH!, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    expect(await new Response(large.stderr).text()).toContain(
      'large.backup cannot be written: the file would be too large',
    )
    expect(await large.exited).toBe(1)
    expect(readdirSync(root).filter((each) => /unfinished|large|x\.backup/.test(each))).toEqual([])
  })

  test('says when there is no community to back up, instead of creating one', async () => {
    const nothing = embedded()
    expect(await parley(nothing, 'backup', 'nothing.backup')).toMatchObject({
      code: 1,
      err: expect.stringContaining(`There is no community in ${nothing.DATA_DIR}`),
    })
    expect(readdirSync(root)).not.toContain('nothing.backup')
  })

  test('works as well when no server runs', async () => {
    const place = embedded()
    expect(await parley(env, 'backup', 'running.backup')).toMatchObject({ code: 0 })
    expect(await parley(place, 'restore', 'running.backup')).toMatchObject({ code: 0 })
    expect(await parley(place, 'backup', 'resting.backup')).toMatchObject({ code: 0 })
    const second = embedded()
    expect(await parley(second, 'restore', 'resting.backup', '--json')).toMatchObject({ code: 0 })
    expect(await contents(second)).toEqual(await contents(place))
  })
})

describe('parley restore', () => {
  test('refuses a database in use, a damaged file, a missing file and an existing community', async () => {
    const env = embedded()
    const server = await startChild({ env })
    await found(server)
    expect(await parley(env, 'backup', 'good.backup')).toMatchObject({ code: 0 })
    expect(await parley(env, 'restore', 'good.backup', '--replace')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is in use by process'),
    })
    await stop(server)
    const bytes = Buffer.from(await Bun.file(join(root, 'good.backup')).arrayBuffer())
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(join(root, 'bad.backup'), bytes)
    const untouched = embedded()
    expect(await refused(untouched, 'bad.backup')).toMatchObject({ reason: 'backup_damaged' })
    expect(await parley(untouched, 'restore', 'missing.backup')).toMatchObject({
      code: 1,
      err: expect.stringContaining('missing.backup cannot be read: no such file.'),
    })
    expect(readdirSync(root)).not.toContain(untouched.DATA_DIR!.split('/').at(-1))
    expect(await refused(env, 'good.backup')).toMatchObject({ reason: 'community_exists' })
    expect(await parley(env, 'restore')).toMatchObject({ code: 2 })
  })
})
