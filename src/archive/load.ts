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

/** Inserts the rows of a backup into empty tables. Refuses a backup that is incomplete. */
export async function loadRows(
  sql: Sql,
  { lines, rewrites, addRing, loaded, checkpoints }: Options,
): Promise<void> {
  const names = new Set(await listTables(sql))
  const batch = { table: '', rows: [] as string[], characters: 0 }
  const found: Record<string, number> = {}
  let rows = 0
  let checkpointed = 0
  let end: End | undefined

  async function flush(): Promise<void> {
    if (batch.rows.length === 0) return
    await insert(sql, batch.table, batch.rows)
    rows += batch.rows.length
    batch.rows = []
    batch.characters = 0
    loaded(rows)
    if (!checkpoints || rows - checkpointed < rowsPerCheckpoint) return
    checkpointed = rows
    await sql.query('checkpoint')
  }

  for await (const line of lines) {
    if (end) throw damaged()
    if ('table' in line) {
      const { table } = line
      if (!names.has(table)) throw damaged()
      if (batch.table !== table || batch.rows.length >= mostRows || batch.characters > mostCharacters)
        await flush()
      batch.table = table
      const rewrite = rewrites[table]
      const row = rewrite ? rewrite(line.row) : line.row
      if (row !== undefined) batch.rows.push(row)
      batch.characters += row?.length ?? 0
      found[table] = (found[table] ?? 0) + 1
    } else if ('forget' in line) {
      if (!names.has(line.forget)) throw damaged()
      await flush()
      await remove(sql, line.forget, JSON.parse(line.row) as Record<string, number>)
    } else if ('ring' in line) addRing(line)
    else if ('end' in line) end = line.end
    else throw damaged()
  }
  await flush()
  if (!end || !Bun.deepEquals(end.rows, found)) throw damaged()
  await setCounters(sql, end.counters)
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
