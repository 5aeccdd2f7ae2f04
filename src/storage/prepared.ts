import { type Placeholder, sql } from 'drizzle-orm'
import type { Db, Sql } from './storage.ts'

/** The arguments of a prepared statement, each with its type. */
export type Arguments<Values> = { [Name in keyof Values]: Placeholder<Name & string, Values[Name]> }

type Statement<Values, Result> = { execute(values: Values): Promise<Result> }
type Build<Values, Result> = (
  db: Db,
  args: Arguments<Values>,
) => { prepare(name: string): Statement<Values, Result> }

const args = new Proxy({}, { get: (_, name: string) => sql.placeholder(name) })

/**
 * A statement of Drizzle's builder for a busy path. Building one takes longer than the rest of the call, so it is built once for each
 * `Sql` (in a transaction: once for each transaction), and a Postgres server keeps it prepared. Its text must not depend on its
 * arguments: `inArray` with an argument does not fit.
 */
export function prepared<Values extends Record<string, unknown>, Result>(build: Build<Values, Result>) {
  const statements = new WeakMap<Db, Statement<Values, Result>>()
  return async ({ db }: Pick<Sql, 'db'>, values: Values): Promise<Result> => {
    let statement = statements.get(db)
    if (!statement) {
      statement = build(db, args as Arguments<Values>).prepare('kept')
      statements.set(db, statement)
    }
    return statement.execute(values)
  }
}
