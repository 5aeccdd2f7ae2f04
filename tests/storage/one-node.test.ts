import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { migrations } from '../../src/storage/migrations.ts'
import { holderKey } from '../../src/storage/node-lock.ts'
import { fromSource, runChild, startChild } from '../support/child.ts'
import { rest, waitFor } from '../support/client.ts'
import { runCommand } from '../support/command-line.ts'
import { freshDatabase, startPostgres } from '../support/postgres.ts'

/*
 * Two servers on one Postgres started without a word: a ban at one was unknown to the other without end, and the
 * second one removed the control socket of the first. Now they are nodes, each with a DATA_DIR of its own.
 */
const root = mkdtempSync(join(tmpdir(), 'parley-one-node-'))
const databases: { drop(): Promise<void> }[] = []
afterAll(async () => {
  for (const database of databases) await database.drop()
  rmSync(root, { recursive: true, force: true })
})

async function newPlace() {
  const database = await freshDatabase()
  if (!database) return undefined
  databases.push(database)
  const env = {
    DATABASE_URL: database.url,
    SECRET_KEY: randomToken(),
    ENCRYPTION_KEY: makeKey(),
    DATA_DIR: mkdtempSync(join(root, 'data-')),
    RATE_LIMITS: 'off',
  }
  return {
    env,
    url: database.url,
    elsewhere: { env: { ...env, DATA_DIR: mkdtempSync(join(root, 'data-')) } },
  }
}
const place = await newPlace()
const serve = (env: Record<string, string>) => runChild(['serve', '--port', '0'], { env })
const waiting = (env: Record<string, string>) => startChild({ env, command: fromSource, words: ['--wait'] })
const socketsIn = (directory: string) => readdirSync(directory).filter((name) => name.endsWith('.sock'))

test.skipIf(!place)('a second server on one DATA_DIR is refused at once, with one sentence', async () => {
  const { env, elsewhere } = place!
  const first = await startChild({ env })
  const { code, stdout, stderr } = await serve(env)
  expect([code, stdout]).toEqual([1, expect.not.stringContaining('is at http')])
  expect(stderr).toMatch(
    /^parley: .+ is in use by process \d+ .+ Each server needs a DATA_DIR of its own: .+ --wait.+\n$/,
  )
  // The socket of the first is still there, and so is the way to it.
  expect(socketsIn(env.DATA_DIR)).toHaveLength(1)
  expect((await runCommand(['user', 'create', 'ada', '--role', 'admin'], { env })).code).toBe(0)
  expect((await runCommand(['user', 'create', 'eve', '--password', 'seven grey herons'], { env })).code).toBe(
    0,
  )
  const { body } = await rest(first).post('/auth/login', { username: 'eve', password: 'seven grey herons' })
  const eve = rest(first, { token: body.access_token })
  expect((await eve.get('/users/me')).status).toBe(200)

  // From a machine that does not reach the server: refused, and nothing happened.
  const unreached = await runCommand(['user', 'ban', 'eve'], elsewhere)
  expect([unreached.code, unreached.stdout]).toEqual([1, ''])
  expect(unreached.stderr).toMatch(/^parley: A server uses this database, and this command did not reach it/)
  expect((await eve.get('/users/me')).status).toBe(200)
  // What no server caches works next to it.
  expect(await runCommand(['user', 'create', 'ben'], elsewhere)).toMatchObject({ code: 0, stderr: '' })
  expect(await runCommand(['user', 'list'], elsewhere)).toMatchObject({ code: 0, stderr: '' })
  expect(await runCommand(['migrate'], elsewhere)).toMatchObject({ code: 0, stderr: '' })
  expect(await runCommand(['seed'], elsewhere)).toMatchObject({ code: 0, stderr: '' })

  expect(await runCommand(['user', 'ban', 'eve'], { env })).toMatchObject({ code: 0, stderr: '' })
  expect((await eve.get('/users/me')).status).toBe(401)
  first.signal('SIGTERM')
  expect(await first.exited).toBe(0)
  expect(socketsIn(env.DATA_DIR)).toEqual([])
  expect(await runCommand(['user', 'ban', 'eve', '--lift'], elsewhere)).toMatchObject({ code: 0, stderr: '' })
})

test.skipIf(!place)(
  'serve --wait begins when the other server has stopped, and ends at a signal',
  async () => {
    const { env } = place!
    const first = await startChild({ env })
    const impatient = Bun.spawn([...fromSource, 'serve', '--port', '0', '--wait'], {
      env: { PATH: process.env.PATH!, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    void (async () => {
      for await (const bytes of impatient.stdout) said += new TextDecoder().decode(bytes)
    })()
    await waitFor('the wait', () => said.includes('waiting until the other server has stopped') || undefined)
    impatient.kill('SIGTERM')
    expect(await impatient.exited).toBe(0)
    expect(said).not.toContain('is at http')

    const next = waiting(env)
    expect(await Promise.race([next.then(() => 'started'), Bun.sleep(1500)])).toBeUndefined()
    expect((await rest(first).get('/health/ready')).status).toBe(200)
    first.signal('SIGTERM')
    const second = await next
    expect(await first.exited).toBe(0)
    expect((await rest(second).get('/health/ready')).status).toBe(200)
    // The one that stopped has not taken the control socket of its successor with it.
    expect((await runCommand(['user', 'ban', 'eve'], { env })).code).toBe(0)
    second.signal('SIGKILL')
    await second.exited
    // A socket that nobody listens at is replaced.
    expect(socketsIn(env.DATA_DIR)).toHaveLength(1)
    const third = await startChild({ env })
    expect((await runCommand(['user', 'ban', 'eve', '--lift'], { env })).code).toBe(0)
    third.signal('SIGTERM')
    expect(await third.exited).toBe(0)
  },
)

test.skipIf(!place)(
  'a second server on one Postgres is another node, and each hears of what the other one stores',
  async () => {
    const { env, elsewhere } = place!
    const [first, second] = [await startChild({ env }), await startChild(elsewhere)]
    const created = await runCommand(['user', 'create', 'fay', '--password', 'eight grey herons'], { env })
    expect(created.code).toBe(0)
    const { body } = await rest(second).post('/auth/login', {
      username: 'fay',
      password: 'eight grey herons',
    })
    const fay = rest(second, { token: body.access_token })
    expect((await fay.get('/users/me')).status).toBe(200)
    expect((await runCommand(['user', 'ban', 'fay'], { env })).code).toBe(0)
    await waitFor('the ban', async () => (await fay.get('/users/me')).status === 401 || undefined)
    for (const each of [first, second]) {
      each.signal('SIGTERM')
      expect(await each.exited).toBe(0)
    }
  },
)

test.skipIf(!place)(
  'a lost lock is taken again; if a server has it that shares it with nobody, this one stops',
  async () => {
    const { env, url } = place!
    const server = await startChild({ env })
    const sql = new Bun.SQL(url, { max: 1 })
    // A node has a lock for each key too.
    const [classid, objid] = holderKey
    const holder = `select locks.pid from pg_locks as locks where locktype = 'advisory' and granted and objsubid = 2
    and classid = ${classid} and objid = ${objid} and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()`
    const pidOf = async () => (await sql.unsafe(holder))[0]?.pid as number | undefined
    const lines = await runCommand(['token', '--create', 'cleo'], { env })
    const cleo = rest(server, { token: lines.stdout.trim().split(' ')[1]! })
    await cleo.put('/rooms/general/members/me', {})
    const send = async () => (await cleo.post('/rooms/general/messages', { content: 'x' })).status

    const before = await pidOf()
    await sql.unsafe(`select pg_terminate_backend(${before})`)
    const again = await waitFor('the lock', async () => {
      const pid = await pidOf()
      return pid !== before ? pid : undefined
    })
    expect(await send()).toBe(201)
    expect((await serve({ ...env })).code).toBe(1)

    // Another one waits for it in the database itself, and so is faster.
    const other = new Bun.SQL(url, { max: 1 })
    const taken = other.unsafe(`select pg_advisory_lock(${classid}, ${objid})`).execute()
    await waitFor('the other', async () => {
      const rows = await sql.unsafe(
        `select 1 from pg_locks where locktype = 'advisory' and not granted and objid = ${objid}`,
      )
      return rows.length > 0 || undefined
    })
    await sql.unsafe(`select pg_terminate_backend(${again})`)
    await taken
    expect(await server.exited).toBe(1)
    expect(server.said()).toContain('parley: Another Parley server uses Postgres at')
    await Promise.all([sql.end(), other.end()])
  },
)

test.skipIf(!place)(
  'of six first starts on an empty database, with seeds and migrations among them, none fails',
  async () => {
    for (let round = 0; round < 2; round++) {
      const { env } = (await newPlace())!
      const servers = Array.from({ length: 3 }, () =>
        waiting({ ...env, DATA_DIR: mkdtempSync(join(root, 'data-')) }),
      )
      const commands = ['seed', 'migrate', 'seed'].map((word) => runChild([word], { env }))
      for (const { code, stderr } of await Promise.all(commands)) expect([code, stderr]).toEqual([0, ''])
      const left = new Map(
        servers.map((server, index) => [index, server.then((child) => ({ index, child }))]),
      )
      while (left.size > 0) {
        const { index, child } = await Promise.race(left.values())
        left.delete(index)
        const token = (await runCommand(['token', '--create', 'ada'], { env })).stdout.trim().split(' ')[1]!
        const { body } = await rest(child, { token }).get('/rooms')
        expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['general'])
        child.signal('SIGTERM')
        expect(await child.exited).toBe(0)
      }
    }
  },
)

test('ten first starts on an empty database migrate it once, and all are ready', async () => {
  const postgres = await startPostgres()
  if (!postgres) return
  const secrets = { SECRET_KEY: randomToken(), ENCRYPTION_KEY: makeKey(), DATABASE_URL: postgres.url }
  const servers = await Promise.all(
    Array.from({ length: 10 }, () =>
      startChild({ env: { ...secrets, DATA_DIR: mkdtempSync(join(root, 'data-')) } }),
    ),
  )
  const states = await Promise.all(
    servers.map(async (server) => (await rest(server).get('/health/ready')).body.status),
  )
  expect(states).toEqual(servers.map(() => 'ready'))
  const sql = new Bun.SQL(postgres.url, { max: 1 })
  const ran = await sql.unsafe(
    'select created_at::float8 as when from drizzle.__drizzle_migrations order by id',
  )
  expect(ran.map((row: { when: number }) => row.when)).toEqual(migrations.map(({ when }) => when))
  await sql.end()
  for (const server of servers) server.signal('SIGTERM')
  expect(await Promise.all(servers.map(({ exited }) => exited))).toEqual(servers.map(() => 0))
  await postgres.stop()
})

test('a second server on one directory is refused, waits with --wait, and leaves the socket alone', async () => {
  const env = { DATA_DIR: join(root, 'embedded'), RATE_LIMITS: 'off' }
  const first = await startChild({ env })
  const socket = join(env.DATA_DIR, 'control.sock')
  const { ino } = statSync(socket)
  const { code, stderr } = await serve(env)
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^parley: The database in .+ in use by process \d+ .+ --wait.+\n$/),
  ])
  expect(stderr).not.toContain('several nodes')
  const next = waiting(env)
  expect(await Promise.race([next.then(() => 'started'), Bun.sleep(1500)])).toBeUndefined()
  expect(statSync(socket).ino).toBe(ino)
  first.signal('SIGTERM')
  expect(await first.exited).toBe(0)
  const second = await next
  expect((await runCommand(['user', 'list'], { env })).code).toBe(0)
  second.signal('SIGTERM')
  expect(await second.exited).toBe(0)
  expect(existsSync(socket)).toBe(false)
})
