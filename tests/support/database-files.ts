import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestServer } from './server.ts'

/**
 * The files of the database, with those of its log of changes since `from`, that have this text in them: what somebody finds who has the
 * disk. `from`: of `placeInWal`.
 */
export async function filesWith(
  { tools, directory }: TestServer,
  text: string,
  from: string,
): Promise<string[]> {
  const { sql } = tools
  await sql.query('checkpoint')
  if (sql.kind === 'embedded') {
    const all = readdirSync(directory, { recursive: true, withFileTypes: true })
    return all
      .filter((file) => file.isFile() && readFileSync(join(file.parentPath, file.name)).includes(text))
      .map(({ name }) => name)
  }
  const found = await sql.query<{ name: string }>(
    `with own as (select 'base/' || oid as path from pg_database where datname = current_database()), file as (
       select path || '/' || pg_ls_dir(path) as name from own
       union select 'pg_wal/' || name from pg_ls_waldir()
         where name between pg_walfile_name($2::pg_lsn) and pg_walfile_name(pg_current_wal_lsn())
     )
     select name from file where position($1::bytea in pg_read_binary_file(name, 0, 100000000, true)) > 0`,
    [Buffer.from(text), from],
  )
  return found.map(({ name }) => name)
}

/** Where the database writes its next change; empty where nobody asks. */
export async function placeInWal({ tools: { sql } }: TestServer): Promise<string> {
  if (sql.kind === 'embedded') return ''
  return (await sql.query<{ at: string }>('select pg_current_wal_lsn()::text as at'))[0]!.at
}
