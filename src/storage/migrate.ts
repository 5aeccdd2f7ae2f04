import { createHash } from 'node:crypto'
import { type Migration, migrations } from './migrations.ts'
import type { DbSession, Sql, Storage } from './storage.ts'

/**
 * Migrates the database to this version, one transaction for each migration, and returns the tags of those that ran. Any
 * number of nodes may start at once. It uses Drizzle's own table of migrations, so drizzle-kit still works.
 */
export function migrate(storage: Storage, list: readonly Migration[] = migrations): Promise<string[]> {
  return storage.exclusively(async (session) => {
    await createMigrationsTable(session)
    refuseNewer(await lastWhen(session), list)
    const ran: string[] = []
    for (const migration of list) if (await run(session, migration)) ran.push(migration.tag)
    return ran
  })
}

async function createMigrationsTable(session: DbSession): Promise<void> {
  const [table] = await session.query<{ name: string | null }>(
    `select to_regclass('drizzle.__drizzle_migrations')::text as name`,
  )
  if (table?.name) return
  await session.transaction(async ({ query }) => {
    await query('create schema if not exists drizzle')
    await query(
      'create table if not exists drizzle.__drizzle_migrations ' +
        '(id serial primary key, hash text not null, created_at bigint)',
    )
  })
}

async function lastWhen({ query }: Sql): Promise<number> {
  const [row] = await query<{ last: number }>(
    'select coalesce(max(created_at), 0)::bigint as last from drizzle.__drizzle_migrations',
  )
  return row!.last
}

function refuseNewer(last: number, list: readonly Migration[]): void {
  if (last <= (list.at(-1)?.when ?? 0)) return
  throw new Error(
    `The database was migrated by a newer Parley (${new Date(last).toISOString()}). ` +
      'Start that version or a later one; to go back, restore a backup made before the upgrade.',
  )
}

function run(session: DbSession, { when, sql }: Migration): Promise<boolean> {
  return session.transaction(async (tx) => {
    // A new connection after a loss does not have the lock of `exclusively`; this lock belongs to the transaction.
    await tx.query('lock table drizzle.__drizzle_migrations in exclusive mode')
    if ((await lastWhen(tx)) >= when) return false
    await apply(tx, { when, sql })
    return true
  })
}

async function apply(tx: Sql, { when, sql }: Pick<Migration, 'when' | 'sql'>): Promise<void> {
  for (const statement of sql.split('--> statement-breakpoint')) {
    if (statement.trim() !== '') await tx.query(statement)
  }
  const hash = createHash('sha256').update(sql).digest('hex')
  await tx.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [hash, when])
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
    refuseNewer(await lastWhen(tx), list)
    await tx.query(`drop table if exists ${tables.join(', ')}`)
    await tx.query('delete from drizzle.__drizzle_migrations')
    for (const migration of list.filter((each) => each.when <= when)) await apply(tx, migration)
    await fill(tx)
    for (const migration of list.filter((each) => each.when > when)) await apply(tx, migration)
    return finish(tx)
  })
}
