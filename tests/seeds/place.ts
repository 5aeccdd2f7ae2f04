import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKey } from '../../src/crypto/keyring.ts'
import { randomToken } from '../../src/crypto/keys.ts'
import { freshDatabase } from '../support/postgres.ts'
import type { Database } from '../support/server.ts'

/** What a reader has before the first command: a database, and settings in the environment. */
export async function newPlace(database: Database) {
  const secrets = { SECRET_KEY: randomToken(32), ENCRYPTION_KEY: makeKey(), RATE_LIMITS: 'off' }
  const directory = mkdtempSync(join(tmpdir(), 'parley-seed-'))
  const fresh = database === 'postgres' ? await freshDatabase() : undefined
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
