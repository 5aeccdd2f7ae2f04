import { createHash } from 'node:crypto'
import { version } from '../version.ts'
import { isSafeForOlder } from './additive.ts'
import { type Migration, migrations } from './migrations.ts'
import type { DbSession, Sql, Storage } from './storage.ts'

/**
 * Migrates the database to this version, one transaction for each migration, and returns the tags of those that ran. Any
 * number of nodes may start at once. It uses Drizzle's own table of migrations, so drizzle-kit still works; in two more columns it says which
 * version ran each one, and whether the version before that one runs on it. `by` is this version.
 */
export function migrate(
  storage: Storage,
  list: readonly Migration[] = migrations,
  by: string = version,
): Promise<string[]> {
  return storage.exclusively(async (session) => {
    await createMigrationsTable(session)
    const later = await listLater(session, list)
    if (!later.every((each) => runsOn(each, by))) throw newer(later)
    const ran: string[] = []
    for (const migration of list) if (await run(session, migration, by)) ran.push(migration.tag)
    return ran
  })
}

async function createMigrationsTable(session: DbSession): Promise<void> {
  const columns = await session.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = to_regclass('drizzle.__drizzle_migrations') and attnum > 0 and not attisdropped`,
  )
  if (columns.some(({ name }) => name === 'safe_for_older')) return
  await session.transaction(async ({ query }) => {
    await query('create schema if not exists drizzle')
    await query(
      'create table if not exists drizzle.__drizzle_migrations ' +
        '(id serial primary key, hash text not null, created_at bigint)',
    )
    await query(
      'alter table drizzle.__drizzle_migrations ' +
        'add column if not exists version text, add column if not exists safe_for_older boolean',
    )
  })
}

async function lastWhen({ query }: Sql): Promise<number> {
  const [row] = await query<{ last: number }>(
    'select coalesce(max(created_at), 0)::bigint as last from drizzle.__drizzle_migrations',
  )
  return row!.last
}

/** A migration that this version does not have. What ran before there were these columns has nothing in them. */
type Later = { when: number; version: string | null; safe: boolean | null }

function listLater({ query }: Sql, list: readonly Migration[]): Promise<Later[]> {
  return query<Later>(
    `select created_at as when, version, safe_for_older as safe from drizzle.__drizzle_migrations
     where created_at > $1 order by created_at`,
    [list.at(-1)?.when ?? 0],
  )
}

/** A node that is upgraded after others runs on what they have migrated, and starts on it too, if it is at most one minor version behind. */
function runsOn({ version, safe }: Later, own: string): boolean {
  if (!safe || version === null) return false
  const [major, minor] = numbersOf(version)
  const [ownMajor, ownMinor] = numbersOf(own)
  return major === ownMajor && minor! - ownMinor! <= 1
}

const numbersOf = (version: string): number[] => version.split('.').map(Number)

const newer = (later: readonly Later[]): Error =>
  new Error(
    `The database was migrated by a newer Parley (${new Date(later.at(-1)!.when).toISOString()}). ` +
      'Start that version or a later one; to go back, restore a backup made before the upgrade.',
  )

function run(session: DbSession, migration: Migration, by: string): Promise<boolean> {
  return session.transaction(async (tx) => {
    // A new connection after a loss does not have the lock of `exclusively`; this lock belongs to the transaction.
    await tx.query('lock table drizzle.__drizzle_migrations in exclusive mode')
    if ((await lastWhen(tx)) >= migration.when) return false
    await apply(tx, migration, by)
    return true
  })
}

async function apply(tx: Sql, { tag, when, sql }: Migration, by: string): Promise<void> {
  for (const statement of sql.split('--> statement-breakpoint')) {
    if (statement.trim() !== '') await tx.query(statement)
  }
  const hash = createHash('sha256').update(sql).digest('hex')
  await tx.query(
    'insert into drizzle.__drizzle_migrations (hash, created_at, version, safe_for_older) values ($1, $2, $3, $4)',
    [hash, when, by, isSafeForOlder({ tag, sql })],
  )
}

type RebuildOptions<T> = {
  tables: readonly string[]
  when: number
  fill(tx: Sql): Promise<void>
  /** Runs after the last migration. */
  finish(tx: Sql): Promise<T>
}

/**
 * Creates the tables again as they were at the migration of `when`, fills them and runs the later migrations, all in one
 * transaction.
 */
export async function rebuild<T>(
  session: DbSession,
  { tables, when, fill, finish }: RebuildOptions<T>,
  list: readonly Migration[] = migrations,
): Promise<T> {
  await createMigrationsTable(session)
  return session.transaction(async (tx) => {
    await tx.query('lock table drizzle.__drizzle_migrations in exclusive mode')
    // It removes everything: also what only a newer version knows.
    const later = await listLater(tx, list)
    if (later.length > 0) throw newer(later)
    await tx.query(`drop table if exists ${tables.join(', ')}`)
    await tx.query('delete from drizzle.__drizzle_migrations')
    for (const migration of list.filter((each) => each.when <= when)) await apply(tx, migration, version)
    await fill(tx)
    for (const migration of list.filter((each) => each.when > when)) await apply(tx, migration, version)
    return finish(tx)
  })
}
