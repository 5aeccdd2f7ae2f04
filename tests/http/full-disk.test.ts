import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { fromSource, runChild, startChild } from '../support/child.ts'
import { rest, waitFor } from '../support/client.ts'
import { runCommand, tokensFor } from '../support/command-line.ts'
import { startPostgres } from '../support/postgres.ts'
import { smallDisk } from '../support/small-disk.ts'

/*
 * With a full disk every write was refused, and /health/ready said 200. A directory without its database was a new, empty
 * community.
 */
const root = mkdtempSync(join(tmpdir(), 'parley-full-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const disk = smallDisk(200)
const postgresDisk = disk && smallDisk(200)
afterAll(() => {
  disk?.remove()
  postgresDisk?.remove()
})

type Server = { url: string }
const ready = async (server: Server) => {
  const { status, body } = await rest(server).get('/health/ready')
  return status === 200 ? body.disk : body.reason
}
const becomes = (server: Server, state: string) =>
  waitFor(`ready says ${state}`, async () => (await ready(server)) === state || undefined)

async function sender(server: Server, env: Record<string, string>) {
  const tokens = await tokensFor(['ada'], { env })
  const ada = rest(server, { token: tokens.get('ada')! })
  await ada.put('/rooms/general/members/me', {})
  return async () => {
    const content = Buffer.from(crypto.getRandomValues(new Uint8Array(5000))).toString('base64')
    const { status, body } = await ada.post('/rooms/general/messages', { content })
    return status === 201 ? 'stored' : String(body.reason)
  }
}

test.skipIf(!disk)('a nearly full disk is said before it is full, and a full one is not ready', async () => {
  const env = { DATA_DIR: join(disk!.path, 'data'), RATE_LIMITS: 'off', DISK_LOW_MB: '40' }
  const server = await startChild({ env })
  const send = await sender(server, env)
  expect(await ready(server)).toBe('ok')
  expect(await send()).toBe('stored')

  disk!.fill(30_000_000)
  await becomes(server, 'low')
  expect(await send()).toBe('stored')
  const free = /^parley_(data|database)_free_bytes\S* (\d+)$/gm
  const metrics = [...(await rest(server).get('/metrics')).body.matchAll(free)]
  expect(metrics.map(([, name, bytes]) => [name, Number(bytes) < 40_000_000])).toEqual([
    ['data', true],
    ['database', true],
  ])

  disk!.fill()
  await waitFor('a refused send', async () => (await send()) !== 'stored' || undefined)
  await becomes(server, 'disk_full')
  expect(await send()).toBe('disk_full')
  const asked = await runChild(['health', '--port', new URL(server.url).port], {})
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('The disk of this server is full')])

  disk!.free()
  await becomes(server, 'ok')
  expect(await send()).toBe('stored')
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
  // Each crossing once.
  expect(server.said().match(/the disk is nearly full/g)).toHaveLength(1)
  expect(server.said().match(/the disk has free space again/g)).toHaveLength(1)
})

const postgres = postgresDisk && (await startPostgres(postgresDisk.path))

test.skipIf(!postgres)('a Postgres whose disk is full is not ready', async () => {
  const keys = { SECRET_KEY: randomToken(), ENCRYPTION_KEY: makeKey() }
  const env = { ...keys, DATABASE_URL: postgres!.url, DATA_DIR: join(root, 'postgres'), RATE_LIMITS: 'off' }
  const server = await startChild({ env })
  const send = await sender(server, env)
  expect(await ready(server)).toBe('ok')
  postgresDisk!.fill()
  await waitFor('a refused send', async () => (await send()) !== 'stored' || undefined)
  await becomes(server, 'disk_full')
  postgresDisk!.free()
  await becomes(server, 'ok')
  expect(await send()).toBe('stored')
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
  await postgres!.stop()
})

test('secrets without their database are refused, unless a new community is asked for', async () => {
  const env = { DATA_DIR: join(root, 'lost'), RATE_LIMITS: 'off' }
  const db = join(env.DATA_DIR, 'db')
  expect((await runCommand(['user', 'create', 'ada', '--role', 'admin'], { env })).code).toBe(0)
  rmSync(db, { recursive: true })
  for (const words of [['serve', '--port', '0'], ['migrate'], ['user', 'create', 'ben'], ['seed']]) {
    const { code, stdout, stderr } = await (words[0] === 'serve' ? runChild : runCommand)(words, { env })
    expect([words, code, stdout, stderr.trim().split('\n')]).toEqual([
      words,
      1,
      '',
      [
        expect.stringMatching(
          /^parley: .+secrets\.json is there, but the database .+lost.db is not\. .+parley serve --new/,
        ),
      ],
    ])
  }
  expect(existsSync(db)).toBe(false)
  const server = await startChild({ env, words: ['--new'] })
  expect((await runCommand(['user', 'list'], { env })).stdout).toBe('')
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
  // There now, so that nobody has to ask for it again.
  const again = await startChild({ env })
  again.signal('SIGTERM')
  expect(await again.exited).toBe(0)
})

test('a first start that was interrupted goes on', async () => {
  const env = { DATA_DIR: join(root, 'interrupted'), RATE_LIMITS: 'off' }
  const first = Bun.spawn([...fromSource, 'serve', '--port', '0'], {
    env: { PATH: process.env.PATH!, ...env },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const secrets = join(env.DATA_DIR, 'secrets.json')
  mkdirSync(env.DATA_DIR)
  await waitFor('the secrets', () => existsSync(secrets) || undefined)
  first.kill('SIGKILL')
  await first.exited
  rmSync(join(env.DATA_DIR, 'db'), { recursive: true, force: true })
  const begun = await Bun.file(secrets).json()
  const second = await startChild({ env })
  second.signal('SIGTERM')
  expect(await second.exited).toBe(0)
  const { first_start, ...kept } = begun
  expect([first_start, await Bun.file(secrets).json()]).toEqual([true, kept])
  expect(readdirSync(env.DATA_DIR)).toContain('db')
})
