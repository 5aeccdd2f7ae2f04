import { createHash } from 'node:crypto'
import { type Migration, migrations } from './migrations.ts'
import type { DbSession, Sql, Storage } from './storage.ts'

/**
 * Brings the database up to this program, one transaction a migration, and answers the tags of those that ran. Any
 * number of nodes may start at once. It keeps Drizzle's own books, so that drizzle-kit remains usable.
 */
export function migrate(storage: Storage, list: readonly Migration[] = migrations): Promise<string[]> {
  return storage.alone(async (session) => {
    await makeBooks(session)
    refuseNewer(await lastWhen(session), list)
    const ran: string[] = []
    for (const migration of list) if (await run(session, migration)) ran.push(migration.tag)
    return ran
  })
}

async function makeBooks(session: DbSession): Promise<void> {
  const [books] = await session.query<{ name: string | null }>(
    `select to_regclass('drizzle.__drizzle_migrations')::text as name`,
  )
  if (books?.name) return
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
    `The database was last changed by a newer Parley (${new Date(last).toISOString()}) than this one. ` +
      'Start that version or a later one; to go back, restore a backup made before the upgrade.',
  )
}

function run(session: DbSession, { when, sql }: Migration): Promise<boolean> {
  return session.transaction(async (tx) => {
    // A connection that was lost and remade has lost the lock of `alone` too: this one belongs to the transaction.
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

type Rebuilding<T> = {
  tables: readonly string[]
  when: number
  fill(tx: Sql): Promise<void>
  /** When the tables are as this program knows them. */
  finish(tx: Sql): Promise<T>
}

/**
 * In one transaction: these tables are created again as they were at the migration of `when`, filled, and then brought up to
 * this program.
 */
export async function rebuild<T>(
  session: DbSession,
  { tables, when, fill, finish }: Rebuilding<T>,
  list: readonly Migration[] = migrations,
): Promise<T> {
  await makeBooks(session)
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
