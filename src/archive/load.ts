import { ChatError } from '../protocol/errors.ts'
import { isRefusedStatement } from '../storage/errors.ts'
import type { Sql } from '../storage/storage.ts'
import { damaged, type End, type Line } from './format.ts'

const mostRows = 1000
const mostCharacters = 1_000_000
/** The embedded database makes no checkpoints by itself, and without them its write-ahead log only grows. */
const rowsPerCheckpoint = 50_000

/** Changes a row before it is inserted; takes and returns JSON text. Without a result the row is left out. */
export type Rewrite = (row: string) => string | undefined

type Options = {
  lines: AsyncIterable<Line>
  rewrites: Partial<Record<string, Rewrite>>
  addRing(line: Extract<Line, { ring: unknown }>): void
  loaded(rows: number): void
  checkpoints: boolean
}

/** Inserts the rows of a backup into empty tables. Refuses a backup that is incomplete, or that Parley did not write. */
export async function loadRows(
  sql: Sql,
  { lines, rewrites, addRing, loaded, checkpoints }: Options,
): Promise<void> {
  const names = new Set(await listTables(sql))
  const batch = { table: '', rows: [] as string[], characters: 0, from: 0 }
  const found: Record<string, number> = {}
  let rows = 0
  let checkpointed = 0
  let end: End | undefined
  // The header was the first.
  let line = 1

  async function flush(): Promise<void> {
    if (batch.rows.length === 0) return
    await fitting(batch.from, line, () => insert(sql, batch.table, batch.rows))
    rows += batch.rows.length
    batch.rows = []
    batch.characters = 0
    loaded(rows)
    if (!checkpoints || rows - checkpointed < rowsPerCheckpoint) return
    checkpointed = rows
    await sql.query('checkpoint')
  }

  for await (const each of lines) {
    if (end) throw damaged()
    if ('table' in each) {
      const { table } = each
      if (!names.has(table)) throw damaged()
      if (batch.table !== table || batch.rows.length >= mostRows || batch.characters > mostCharacters)
        await flush()
      line++
      if (batch.rows.length === 0) batch.from = line
      batch.table = table
      const rewrite = rewrites[table]
      const row = rewrite ? await fitting(line, line, () => rewrite(each.row)) : each.row
      if (row !== undefined) batch.rows.push(row)
      batch.characters += row?.length ?? 0
      found[table] = (found[table] ?? 0) + 1
      continue
    }
    await flush()
    line++
    if ('forget' in each) {
      if (!names.has(each.forget)) throw damaged()
      await fitting(line, line, () => remove(sql, each.forget, JSON.parse(each.row)))
    } else if ('ring' in each) await fitting(line, line, () => addRing(each))
    else if ('end' in each) end = each.end
    else throw damaged()
  }
  await flush()
  if (!end || !Bun.deepEquals(end.rows, found)) throw damaged()
  await fitting(line, line, () => setCounters(sql, end.counters))
}

/**
 * Runs `work` on lines of the backup. What only somebody else than Parley can have written is refused with their numbers
 * instead of the words of a parser or of the database.
 */
async function fitting<T>(from: number, to: number, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isWrong = error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError
    if (!isWrong && !isRefusedStatement(error)) throw error
    throw new ChatError('backup_line_wrong', { lines: from === to ? String(to) : `${from}–${to}` })
  }
}

async function listTables({ query }: Sql): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  )
  return rows.map(({ name }) => name)
}

/** Columns are matched by name, and identity columns keep their numbers. */
async function insert({ query }: Sql, table: string, rows: string[]): Promise<void> {
  await query(
    `insert into ${table} overriding system value
     select row.* from json_populate_recordset(null::${table}, $1::json) as row`,
    [`[${rows.join(',')}]`],
  )
}

async function remove({ query }: Sql, table: string, values: Record<string, number>): Promise<void> {
  const columns = Object.keys(values)
  if (!columns.every((column) => /^[a-z_]+$/.test(column))) throw damaged()
  const same = columns.map((column, index) => `${column} = $${index + 1}`).join(' and ')
  await query(`delete from ${table} where ${same}`, Object.values(values))
}

async function setCounters({ query }: Sql, counters: Record<string, number>): Promise<void> {
  for (const [name, last] of Object.entries(counters)) {
    const [table, column] = name.split('.')
    await query(
      `select setval(pg_get_serial_sequence($1, $2)::regclass, greatest($3::bigint, 1), $3::bigint > 0)`,
      [table, column, last],
    )
  }
}
