import { getTableColumns, getTableName } from 'drizzle-orm'
import { bigint, customType, type PgTable, timestamp } from 'drizzle-orm/pg-core'
import { shownName, shownProse } from '../../text/names.ts'

/** A moment, in milliseconds as JavaScript has them. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

/** A place in the log of a room. */
export const seq = (name: string) => bigint(name, { mode: 'number' })

const shownAs = (read: (text: string) => string) =>
  customType<{ data: string; driverData: string }>({ dataType: () => 'text', fromDriver: read })

/**
 * The name of somebody or something. Rows from before there were rules for names are read without what these refuse, so that no reader has to
 * remember that; nothing may be left of such a name. SQL text that reads the column has to call `shownName` itself.
 */
export const name = shownAs(shownName)

/** A text of several lines, in the same way. */
export const prose = shownAs(shownProse)

/** Every column of a table for a `select` in SQL text, under its name in TypeScript. */
export function columnList(table: PgTable): string {
  const from = getTableName(table)
  return Object.entries(getTableColumns(table))
    .map(([name, column]) => `${from}.${column.name} as "${name}"`)
    .join(', ')
}
