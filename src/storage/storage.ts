import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** Drizzle over either driver. `db.execute()` differs between them: use `query` for raw SQL. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>

/** What a store needs: the query builder, and raw prepared SQL for hot or unusual statements. */
export type Sql = {
  db: Db
  /**
   * Runs one statement (prepared, and kept prepared). Arrays are passed as they are: `$1::text[]`. Rows are alike on
   * both databases: int8 and count() are numbers, timestamptz is a Date, jsonb is parsed, other times and numeric are
   * text. A string for a jsonb parameter is taken as JSON text.
   */
  query<Row = Record<string, unknown>>(text: string, params?: unknown[]): Promise<Row[]>
}

/** Statements and transactions. */
export type DbSession = Sql & {
  /**
   * Everything in `work` must use the `Sql` it is given: on the embedded database the outer one would wait without end.
   * `work` runs again after a conflict with another transaction, so it must keep nothing outside of itself.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>
}

/** An open database. Made by `openStorage`, ended by `close`. */
export type Storage = DbSession & {
  kind: 'embedded' | 'postgres'
  /** One sentence for the log: which database, and what an acknowledged commit survives. */
  promise: string
  /** A session without time limits, for work that takes as long as there are rows. */
  unhurried<T>(work: (session: DbSession) => Promise<T>): Promise<T>
  /** For migrations: such a session while no other node has one; who comes later waits. */
  alone<T>(work: (session: DbSession) => Promise<T>): Promise<T>
  /** Resolves when the database answers, rejects otherwise (within 2 s). */
  ping(): Promise<void>
  close(): Promise<void>
}
