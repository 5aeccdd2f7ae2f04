import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { migratedDirectory } from '../support/migrated.ts'
import { migratedDatabase } from '../support/migrated-postgres.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'
import type { Database } from '../support/server.ts'

/** What a reader has before the first command: a database, and settings in the environment. */
export async function newPlace(database: Database) {
  const directory = mkdtempSync(join(tmpdir(), 'parley-seed-'))
  return placeOf(directory, database, database === 'postgres' ? await freshDatabase() : undefined)
}

/** The same after `parley migrate`, which costs more than most other subcommands. */
export async function migratedPlace(database: Database) {
  if (database === 'embedded') return placeOf(await migratedDirectory(), database)
  return placeOf(mkdtempSync(join(tmpdir(), 'parley-seed-')), database, await migratedDatabase())
}

function placeOf(directory: string, database: Database, fresh?: FreshDatabase) {
  const secrets = { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey(), RATE_LIMITS: 'off' }
  if (database === 'postgres' && !fresh) throw new Error('There is no Postgres for tests here')
  return {
    env: { ...secrets, DATA_DIR: directory, ...(fresh && { DATABASE_URL: fresh.url }) },
    async remove() {
      await fresh?.drop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The claims of an access token. */
export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
