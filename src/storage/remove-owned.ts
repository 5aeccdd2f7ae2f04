import { type AnyColumn, eq, getTableColumns, inArray, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Sql } from './storage.ts'
import { type Fate, type Kept, ownership } from './tables/ownership.ts'

type Owner = 'room' | 'person'
/** The rows of a table that refer to the owner by this column. */
type Reference = { table: PgTable; column: string; owned: SQL; fate: 'delete' | Kept }
/** One owner, or a query for many. */
type Owners = string | number | SQLWrapper

/**
 * Deletes up to `most` rows that belong to a deleted room or an erased person, and returns their number. When no row is
 * left to delete, it clears the columns of the rows that stay, and returns 0.
 */
export async function removeOwned(
  { db }: Sql,
  owner: Owner,
  id: string | number,
  most?: number,
): Promise<number> {
  let removed = 0
  const references = referencesTo({ db }, owner, id)
  for (const { table, owned, fate } of references) {
    if (fate !== 'delete') continue
    const row = sql`ctid`
    const some = db
      .select({ row })
      .from(table)
      .where(owned)
      .limit(most! - removed)
    const deleted = await db
      .delete(table)
      .where(most === undefined ? owned : inArray(row, some))
      .returning({ one: sql`1` })
    removed += deleted.length
    if (removed === most) return removed
  }
  if (removed > 0 && most !== undefined) return removed
  // The room itself is the last: its title shows that there is something left to do, also after a crash.
  for (const { table, owned, fate } of references.reverse()) {
    if (fate !== 'delete' && fate.clear) await db.update(table).set(fate.clear).where(owned)
  }
  return removed
}

/** Rows that refer to others come first. */
export function referencesTo({ db }: Pick<Sql, 'db'>, owner: Owner, id: Owners): Reference[] {
  return [...ownership].reverse().flatMap(({ table, [owner]: columns = {} }) =>
    Object.entries(columns).map(([name, fate]) => {
      const column = getTableColumns(table)[name] as AnyColumn
      if (!isIndirect(fate!)) return { table, column: name, owned: isOf(column, id), fate: fate! }
      const { key, owner } = fate.through
      const keys = db.select({ key }).from(tableOf(key)).where(isOf(owner, id))
      return { table, column: name, owned: inArray(column, keys), fate: fate.fate }
    }),
  )
}

const isOf = (column: AnyColumn, owners: Owners): SQL =>
  typeof owners === 'object' ? inArray(column, owners) : eq(column, owners)

const isIndirect = (fate: Fate): fate is Extract<Fate, { through: unknown }> =>
  typeof fate === 'object' && 'through' in fate

const tableOf = (column: PgColumn): PgTable => column.table as PgTable
