import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** Drizzle over either driver. `db.execute()` differs between the drivers: use `query` for raw SQL. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>

/** What a store needs: the query builder, and raw prepared SQL for hot or unusual statements. */
export type Sql = {
  db: Db
  /**
   * Runs one prepared statement. Arrays are passed directly: `$1::text[]`. Both databases return the same rows: int8 and
   * count() are numbers, timestamptz is a Date, jsonb is parsed, other times and numeric are text. A string for a jsonb
   * parameter is already JSON text.
   */
  query<Row = Record<string, unknown>>(text: string, params?: unknown[]): Promise<Row[]>
}

/** Statements and transactions. */
export type DbSession = Sql & {
  /**
   * `work` must use only its own `Sql`: on the embedded database the outer one would wait without end. `work` runs again
   * after a conflict with another transaction, so it must not collect anything in variables outside of it.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>
}

/** An open database, from `openStorage`. */
export type Storage = DbSession & {
  kind: 'embedded' | 'postgres'
  /** One sentence for the log: which database, and what an acknowledged commit survives. */
  promise: string
  /** Runs `work` in a session without time limits, for example to read every row. */
  withoutTimeLimits<T>(work: (session: DbSession) => Promise<T>): Promise<T>
  /** Like `withoutTimeLimits`, but only one node at a time; others wait. For migrations and restores. */
  exclusively<T>(work: (session: DbSession) => Promise<T>): Promise<T>
  /**
   * Makes this process the only server of an embedded database until `close`, or one of the nodes on Postgres. Throws
   * `DatabaseInUse` if there is a server that does not share it, and behind a pooler that shares sessions. Its `lost`
   * resolves with the reason when that becomes so later; from then on every statement is refused. `keys`: the ids of the keys
   * that this process has, for `countNodesWithout`.
   */
  claim(keys?: string[]): Promise<{ lost: Promise<Error> }>
  /** Whether another process has claimed it, and this one has not. */
  isClaimed(): Promise<boolean>
  /** How many processes have claimed it, this one among them. */
  countNodes(): Promise<number>
  /** How many of them lack the key with this id. */
  countNodesWithout(key: string): Promise<number>
  /** Resolves if the database responds, rejects otherwise (within 2 s). */
  ping(): Promise<void>
  close(): Promise<void>
}
