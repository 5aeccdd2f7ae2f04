import { createHash } from 'node:crypto'
import postgres from 'postgres'
import { migrate } from '../../src/storage/migrate.ts'
import { migrations } from '../../src/storage/migrations.ts'
import { openStorage } from '../../src/storage/open.ts'
import {
  databaseAt,
  type FreshDatabase,
  freshDatabase,
  type PostgresForTests,
  postgresForTests,
} from './postgres.ts'

const kind = 'parley_tables_'
const name = kind + createHash('sha256').update(JSON.stringify(migrations)).digest('hex').slice(0, 12)
const doesNotExist = '3D000'

/**
 * A database on the Postgres for tests that has the tables and nothing in them; undefined where there is no Postgres. It is
 * a copy of one that all processes of tests share and leave behind, and that is made again after a new migration.
 */
export async function migratedDatabase(): Promise<FreshDatabase | undefined> {
  const server = await postgresForTests()
  if (!server) return undefined
  for (;;) {
    try {
      return await freshDatabase(name)
    } catch (error) {
      if ((error as { code?: string }).code !== doesNotExist) throw error
    }
    await createTemplate(server)
  }
}

/** Tests of another version may run on the same Postgres: they remove this one when they make theirs, and it is made again. */
async function createTemplate(server: PostgresForTests): Promise<void> {
  const sql = postgres(server.url, { max: 1, fetch_types: false, onnotice: () => undefined })
  try {
    await sql`select pg_advisory_lock(hashtext(${kind}))`
    const rows = await sql<
      { datname: string }[]
    >`select datname from pg_database where starts_with(datname, ${kind})`
    if (rows.some(({ datname }) => datname === name)) return
    for (const { datname } of rows) await sql.unsafe(`drop database ${datname} with (force)`)
    const unfinished = `${kind}unfinished`
    await sql.unsafe(`create database ${unfinished}`)
    const storage = await openStorage({ databaseUrl: databaseAt(server, unfinished), dataDir: 'unused' })
    await migrate(storage)
    await storage.close()
    // What somebody is connected to cannot be copied.
    await sql.unsafe(`alter database ${unfinished} allow_connections false`)
    await sql.unsafe(`alter database ${unfinished} rename to ${name}`)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
