import { afterAll, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { createLog } from '../../src/log.ts'
import { createServer, type Server } from '../../src/server.ts'
import { rest } from '../support/client.ts'

/*
 * With damaged files a server started, every login was an error, and /health/ready said 200: it asked the indexes for
 * names that are not there, and read no page of a table.
 */
const root = mkdtempSync(join(tmpdir(), 'parley-damaged-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const keys = { SECRET_KEY: randomToken(), ENCRYPTION_KEY: makeKey() }
const start = (directory: string) =>
  createServer(
    readConfig({ ...keys, HOST: '127.0.0.1', PORT: '0', RATE_LIMITS: 'off', DATA_DIR: directory }),
    createLog({ level: 'silent' }),
  )
const account = { username: 'ben', email: 'ben@example.org', password: 'a lantern for everyone' }
const pageBytes = 8192

const damages = {
  flip: (path: string) => {
    const bytes = readFileSync(path)
    bytes[pageBytes - 40]! ^= 16
    writeFileSync(path, bytes)
  },
  cut: (path: string) => truncateSync(path, readFileSync(path).length / 2),
  zero: (path: string) => writeFileSync(path, readFileSync(path).fill(0, 0, pageBytes)),
}

const relations = ['users', 'users_username', 'sessions', 'rooms', 'members', 'log', 'settings'] as const

async function madeCommunity() {
  const directory = join(root, 'whole')
  const server = await start(directory)
  const { body } = await rest(server).post('/auth/signup', account)
  const ben = { token: body.access_token as string }
  await rest(server, ben).put('/rooms/general/members/me', {})
  for (let index = 0; index < 20; index++)
    await rest(server, ben).post('/rooms/general/messages', { content: 'hello '.repeat(200) })
  const rows = await server.tools.sql.query<{ name: string; path: string }>(
    'select name, pg_relation_filepath(name) as path from unnest($1::text[]) as name',
    [relations],
  )
  await server.stop()
  return { directory, ben, paths: new Map(rows.map(({ name, path }) => [name, path])) }
}
const whole = await madeCommunity()

/** What a person and a monitor see; the sentence, where the server does not start. */
async function seenAfter(relation: string, damage: keyof typeof damages) {
  const directory = join(root, `${relation}-${damage}`)
  cpSync(whole.directory, directory, { recursive: true })
  damages[damage](join(directory, 'db', whole.paths.get(relation)!))
  let server: Server
  try {
    server = await start(directory)
  } catch (error) {
    return (error as Error).message
  }
  const ready = (await rest(server).get('/health/ready')).body
  const login = await rest(server).post('/auth/login', account)
  const sent = await rest(server, whole.ben).post('/rooms/general/messages', { content: 'x' })
  await server.stop()
  return { ready: ready.reason ?? ready.status, login: login.status, sent: sent.status }
}

test.each([
  ['users', 'zero'],
  ['users_username', 'cut'],
  ['sessions', 'flip'],
  ['rooms', 'zero'],
  ['members', 'cut'],
  ['log', 'flip'],
] as const)('with a damaged %s (%s) a server is not ready', async (relation, damage) => {
  expect(await seenAfter(relation, damage)).toMatchObject({ ready: 'database_damaged' })
})

test('with damage that the start itself meets, it does not start, and says what to do', async () => {
  for (const relation of ['users', 'settings'])
    expect(await seenAfter(relation, 'flip')).toMatch(
      /^The database in .+db does not open \(invalid page in block 0 .+\)\. .+restore a backup\.$/,
    )
})

test('undamaged, the same files are ready', async () => {
  const server = await start(whole.directory)
  expect((await rest(server).get('/health/ready')).body.status).toBe('ready')
  await server.stop()
})
