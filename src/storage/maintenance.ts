import type { Sql } from './storage.ts'

type Log = (message: string, fields?: object) => void

const everyMs = 30_000
const checkpointBytes = 16 * 1024 * 1024
const vacuumEveryMs = 6 * 3_600_000

/**
 * What background processes do in a Postgres server and nobody does in PGlite: without checkpoints the write-ahead
 * log grows without end and recovery with it, without vacuum and analyze so do tables and bad plans.
 */
export function startMaintenance(sql: Sql, log: Log): () => Promise<void> {
  let checkpointed: number | undefined
  let vacuumedAt = performance.now()
  let vacuumed: number | undefined
  let round: Promise<void> = Promise.resolve()

  async function tidy(): Promise<void> {
    const written = await writtenBytes(sql)
    checkpointed ??= written
    vacuumed ??= written
    if (written - checkpointed >= checkpointBytes) {
      await sql.query('checkpoint')
      checkpointed = written
    }
    if (performance.now() - vacuumedAt < vacuumEveryMs || written === vacuumed) return
    vacuumedAt = performance.now()
    vacuumed = written
    for (const { name } of await tables(sql)) await sql.query(`vacuum (analyze) ${name}`)
  }

  const timer = setInterval(() => {
    round = tidy().catch((error) => log('Maintenance of the embedded database failed', { error }))
  }, everyMs)
  timer.unref()
  return () => {
    clearInterval(timer)
    return round
  }
}

async function writtenBytes(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ bytes: number }>(
    `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as bytes`,
  )
  return row!.bytes
}

function tables(sql: Sql): Promise<{ name: string }[]> {
  return sql.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'`,
  )
}
