import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createMemoryBus } from '../../src/bus/memory.ts'
import { readConfig } from '../../src/config.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { createLog } from '../../src/log.ts'
import { rotateKeys } from '../../src/operator/rotate.ts'
import { createServer, type Server } from '../../src/server.ts'
import { closeTools, openTools } from '../../src/tools.ts'
import { freshDatabase, postgresForTests } from '../support/postgres.ts'

describe.skipIf(!(await postgresForTests()))('while several nodes run', () => {
  const [old, next] = [makeKey(), makeKey()]
  const secretKey = randomToken(32)
  const running: Server[] = []
  let database: NonNullable<Awaited<ReturnType<typeof freshDatabase>>>
  beforeAll(async () => {
    database = (await freshDatabase())!
  })
  afterAll(async () => {
    for (const server of running) await server.stop()
    await database?.drop()
  })

  const configOf = (keys: string) =>
    readConfig({
      ...{ HOST: '127.0.0.1', PORT: '0', DATA_DIR: ':memory:', RATE_LIMITS: 'off' },
      ...{ DATABASE_URL: database.url, SECRET_KEY: secretKey, ENCRYPTION_KEY: keys },
    })

  async function start(keys: string): Promise<Server> {
    const bus = createMemoryBus()
    const server = await createServer(configOf(keys), createLog({ level: 'silent' }), { bus })
    running.push(server)
    return server
  }

  async function startAgain(server: Server, keys: string): Promise<Server> {
    running.splice(running.indexOf(server), 1)
    await server.stop()
    return start(keys)
  }

  /** As `parley keys rotate` does it, in a process of its own. */
  async function rotate(keys: string) {
    const tools = await openTools(configOf(keys), createLog({ level: 'silent' }))
    try {
      return await rotateKeys(tools, {}, { report() {}, signal: new AbortController().signal } as never)
    } finally {
      await closeTools(tools)
    }
  }

  test('nobody seals with a key that another node lacks, neither at a start nor in a rotation', async () => {
    let [one, two] = [await start(old), await start(old)]
    await expect(start(`${next},${old}`)).rejects.toThrow('Other nodes run without the key')
    one = await startAgain(one, `${old},${next}`)
    await expect(start(`${next},${old}`)).rejects.toThrow('Other nodes run without the key')
    await expect(rotate(`${next},${old}`)).rejects.toMatchObject({ reason: 'key_not_introduced' })
    two = await startAgain(two, `${old},${next}`)
    one = await startAgain(one, `${next},${old}`)
    two = await startAgain(two, `${next},${old}`)
    expect(await rotate(`${next},${old}`)).toBeDefined()
    expect([one, two].every(({ tools }) => tools.policy.keyring.older.length === 1)).toBe(true)
  })
})
