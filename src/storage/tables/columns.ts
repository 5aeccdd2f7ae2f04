import { getTableColumns, getTableName } from 'drizzle-orm'
import { bigint, type PgTable, timestamp } from 'drizzle-orm/pg-core'

/** A moment, in milliseconds as JavaScript has them. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

/** A place in the log of a room. */
export const seq = (name: string) => bigint(name, { mode: 'number' })

/** Every column of a table for a `select` in SQL text, under its name in TypeScript. */
export function columnList(table: PgTable): string {
  const from = getTableName(table)
  return Object.entries(getTableColumns(table))
    .map(([name, column]) => `${from}.${column.name} as "${name}"`)
    .join(', ')
}
