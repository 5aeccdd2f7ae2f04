import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/bench/free-port.ts'
import { openBus } from '../../src/bus/open.ts'
import { redisLine } from '../../src/bus/redis.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { createLog } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'
import { runChild } from '../support/child.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type OwnRedis, redisForTests, startRedis } from '../support/redis.ts'

const directory = mkdtempSync(join(tmpdir(), 'parley-bus-start-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const ear = { hear() {}, lost() {} }

/** Why a line does not open; undefined if it does. */
async function refusalAt(url: string): Promise<string | undefined> {
  try {
    await (await redisLine(url, new Uint8Array(32), 'ours').open(ear)).close()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** A server that says one line to all that it hears. */
async function serverThatSays(line: string): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(line)).on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as { port: number }).port }
}

describe.skipIf(!redisForTests)('a bus over Redis does not start', () => {
  let redis: OwnRedis
  beforeAll(async () => {
    redis = await startRedis({ password: 'seven-grey-herons' })
  })
  afterAll(async () => redis?.stop())

  test('without the right password, and says no password', async () => {
    const at = `127.0.0.1:${redis.port}`
    expect(await refusalAt(`redis://:seven-grey-herons@${at}`)).toBeUndefined()
    expect(await refusalAt(`redis://default:seven-grey-herons@${at}/0`)).toBeUndefined()
    for (const who of ['', ':canary@', 'ada:canary@']) {
      const said = await refusalAt(`redis://${who}${at}`)
      expect(said).toStartWith(`Redis at ${at} refused the password or the user name`)
      expect(said).not.toContain('canary')
    }
  })

  test('where nobody listens, and at a server that is none', async () => {
    expect(await refusalAt(`redis://127.0.0.1:${await freePort()}`)).toContain(
      'cannot be reached: ECONNREFUSED',
    )
    expect(await refusalAt('redis://nowhere.invalid')).toContain('cannot be reached: ENOTFOUND')
    expect(await refusalAt(`rediss://:seven-grey-herons@127.0.0.1:${redis.port}`)).toContain(
      'cannot be reached',
    )
    const web = await serverThatSays('HTTP/1.1 400 Bad Request\r\n\r\n')
    expect(await refusalAt(`redis://127.0.0.1:${web.port}`)).toContain('does not speak the protocol of Redis')
    web.server.close()
  })

  test('at one that is too old', async () => {
    const old = await serverThatSays("-ERR unknown command 'HELLO', with args beginning with: '3'\r\n")
    expect(await refusalAt(`redis://127.0.0.1:${old.port}`)).toMatch(
      /too old: Parley needs Redis 6\.0 .+ RESP 3/,
    )
    old.server.close()
  })

  test('at one whose user may not publish there', async () => {
    const admin = new Bun.RedisClient(redis.url)
    await admin.send('ACL', ['SETUSER', 'poor', 'on', '>herons', 'resetchannels', '&others:*', '+@all'])
    expect(await refusalAt(`redis://poor:herons@127.0.0.1:${redis.port}`)).toMatch(
      /all channels that begin with parley:/,
    )
    admin.close()
  })
})

test('the embedded database has no bus', async () => {
  const metrics = createMetrics()
  metrics.stop()
  const node = crypto.randomUUID()
  const options = { node, key: new Uint8Array(32), log: createLog({ level: 'silent' }), metrics: metrics.bus }
  const none = async () => {
    throw new Error('is not asked')
  }
  const bus = await openBus(
    { databaseUrl: undefined, busUrl: undefined },
    { ...options, community: none, expected: none },
  )
  expect([bus.node, bus.isConnected(), bus.others().size]).toEqual([node, true, 0])
  const env = { DATA_DIR: join(directory, 'embedded'), BUS_URL: 'redis://127.0.0.1' }
  const { code, stderr } = await runChild(['serve', '--port', '0'], { env })
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^parley: BUS_URL needs DATABASE_URL: .+\n$/)])
})

const fresh = await freshDatabase()
afterAll(() => fresh?.drop())

test.skipIf(!fresh)('a server ends with one sentence when its bus cannot be used', async () => {
  const env = {
    DATABASE_URL: fresh!.url,
    SECRET_KEY: randomToken(),
    ENCRYPTION_KEY: makeKey(),
    DATA_DIR: join(directory, 'node'),
    BUS_URL: `redis://:canary@127.0.0.1:${await freePort()}`,
  }
  const { code, stderr, stdout } = await runChild(['serve', '--port', '0'], { env })
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^parley: Redis at 127\.0\.0\.1:\d+ cannot be reached: .+\n$/),
  ])
  expect(stdout + stderr).not.toContain('canary')
})
