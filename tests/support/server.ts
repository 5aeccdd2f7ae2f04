import { afterAll, beforeAll, describe } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { createLog, type Log } from '../../src/log.ts'
import type { Policy, Tools } from '../../src/scope.ts'
import { createServer } from '../../src/server.ts'
import { migratedDirectory } from './migrated.ts'
import { migratedDatabase } from './migrated-postgres.ts'
import { freshDatabase, postgresForTests } from './postgres.ts'

export type Database = 'embedded' | 'postgres'

export type TestServer = {
  readonly url: string
  readonly port: number
  readonly tools: Tools
  /** The code of the printed set-up link, while there is no admin. */
  readonly setupCode: string | undefined
  /** DATA_DIR. */
  readonly directory: string
  /** Of Postgres. */
  readonly databaseUrl: string | undefined
  /** Stops it and starts it again on the same database and with the same secrets. */
  restart(settings?: Record<string, string>, whileStopped?: () => Promise<unknown>): Promise<void>
  stop(): Promise<void>
}

type Options = {
  database?: Database
  log?: Log
  /** As in the environment. */
  settings?: Record<string, string>
  /** What differs from an operator's server: shorter pauses, or the `passwordCost` of one. */
  policy?: Partial<Policy>
}

/** An operator's passwords have 19 MiB and two passes, which are 50 ms of CPU time for each sign-up and each login. */
export const cheapPasswords = { memoryKiB: 64, timeCost: 1 }

/** A real server with a fresh database, in this process, on a free port of 127.0.0.1. */
export async function startServer(options: Options = {}): Promise<TestServer> {
  const place = await freshPlace(options)
  const secrets = { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey() }
  const fixed = { HOST: '127.0.0.1', PORT: '0', RATE_LIMITS: 'off', ...secrets, ...place.settings }
  const log = options.log ?? createLog({ level: 'silent' })
  const policy = { passwordCost: cheapPasswords, ...options.policy }
  const start = (settings = {}) =>
    createServer(readConfig({ ...fixed, ...options.settings, ...settings }), log, { policy })
  let server = await start()
  return {
    get url() {
      return server.url
    },
    get port() {
      return server.port
    },
    get tools() {
      return server.tools
    },
    get setupCode() {
      return server.setupLink?.split('#setup=')[1]
    },
    directory: place.directory,
    databaseUrl: place.databaseUrl,
    async restart(settings, whileStopped) {
      await server.stop()
      await whileStopped?.()
      server = await start(settings)
    },
    async stop() {
      await server.stop()
      await place.remove()
    },
  }
}

async function freshPlace({ database, settings }: Options) {
  // A server makes keys of its own only together with its database.
  const fromNothing = settings?.ENCRYPTION_KEY === ''
  const directory =
    fromNothing || database === 'postgres'
      ? mkdtempSync(join(tmpdir(), 'parley-test-'))
      : await migratedDirectory()
  const fresh =
    database === 'postgres' ? await (fromNothing ? freshDatabase() : migratedDatabase()) : undefined
  if (database === 'postgres' && !fresh) throw new Error('There is no Postgres for tests here')
  return {
    directory,
    databaseUrl: fresh?.url,
    settings: { DATA_DIR: directory, ...(fresh && { DATABASE_URL: fresh.url }) },
    async remove() {
      await fresh?.drop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The same tests on the embedded database and on Postgres; where there is no Postgres, that is said loudly. */
export async function onBothDatabases(tests: (database: Database) => void): Promise<void> {
  describe('embedded', () => tests('embedded'))
  const postgres = await postgresForTests()
  if (!postgres) return describe.skip('postgres', () => tests('postgres'))
  describe('postgres', () => tests('postgres'))
}

/** One server for the tests of a `describe`, with what `prepare` makes of it. */
export function serverFor<Prepared>(
  options: Options,
  prepare: (server: TestServer) => Promise<Prepared>,
): () => Prepared & { server: TestServer } {
  let held: (Prepared & { server: TestServer }) | undefined
  let running: TestServer | undefined
  beforeAll(async () => {
    running = await startServer(options)
    held = { ...(await prepare(running)), server: running }
  })
  afterAll(async () => running?.stop())
  return () => held!
}
