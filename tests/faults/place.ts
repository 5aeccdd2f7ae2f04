import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { migratedDatabase } from '../support/migrated-postgres.ts'
import { postgresForTests } from '../support/postgres.ts'

export type Database = 'embedded' | 'postgres'

/** The settings that lead to one database, for as many servers as it outlives. */
export type Place = { env: Record<string, string>; close(): Promise<void> }

/** Undefined where this machine has no Postgres. */
export async function openPlace(database: Database): Promise<Place | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-fault-'))
  // Nobody loads the page: with NODE_ENV=production each start would bundle and compress it, which costs as much as the rest.
  const env = { DATA_DIR: directory, RATE_LIMITS: 'off', LOG_LEVEL: 'warn' }
  const clear = () => rmSync(directory, { recursive: true, force: true })
  if (database === 'embedded') return { env, close: async () => clear() }
  const fresh = await migratedDatabase()
  if (!fresh) {
    clear()
    return undefined
  }
  return {
    env: { ...env, DATABASE_URL: fresh.url, SECRET_KEY: randomToken(48), ENCRYPTION_KEY: makeKey() },
    async close() {
      await fresh.drop()
      clear()
    },
  }
}

/** The databases that this machine has: what is missing is said loudly, and not counted as tested. */
export async function databasesHere(): Promise<Database[]> {
  return (await postgresForTests()) ? ['embedded', 'postgres'] : ['embedded']
}
