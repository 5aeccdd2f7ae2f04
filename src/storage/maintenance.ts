import type { Sql } from './storage.ts'

type Log = (message: string, fields?: object) => void

const everyMs = 30_000
const checkpointBytes = 16 * 1024 * 1024
const vacuumEveryMs = 6 * 3_600_000

/**
 * Does the work of a Postgres server's background processes, which PGlite lacks. Without checkpoints the write-ahead log
 * and the time of recovery would grow without end; without vacuum and analyze tables would grow and plans get worse.
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
