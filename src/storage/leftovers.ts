import { and, eq, getTableColumns, isNotNull, or, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { referencesTo } from './remove-owned.ts'
import type { Sql } from './storage.ts'
import { rooms } from './tables/rooms.ts'
import { users } from './tables/users.ts'

/** Rows of one table that a deletion should have removed, or emptied. */
export type Leftover = { of: 'room' | 'person'; table: string; rows: number }

/** What is left of rooms that were deleted and purged, and of people who were erased a minute ago or before. */
export async function listLeftovers({ db }: Sql): Promise<Leftover[]> {
  const gone = {
    room: db
      .select({ id: rooms.key })
      .from(rooms)
      .where(and(isNotNull(rooms.deletedAt), eq(rooms.title, ''))),
    person: db
      .select({ id: users.id })
      .from(users)
      .where(and(sql`${users.deletedAt} < now() - interval '1 minute'`, eq(users.bot, false))),
  }
  const found: Leftover[] = []
  for (const of of ['room', 'person'] as const) {
    for (const { table, column, owned, fate } of referencesTo({ db }, of, gone[of])) {
      // The audit log names rooms by their id, and keeps them.
      if (column === 'roomId') continue
      const left = fate === 'delete' ? owned : fate.clear && and(owned, unlike(table, fate.clear))
      if (left === undefined) continue
      const rows = await db.$count(table, left)
      if (rows > 0) found.push({ of, table: getTableConfig(table).name, rows })
    }
  }
  return found
}

/** A row that has another value in one of these columns. A computed value is computed again: it stays the same. */
function unlike(table: PgTable, cleared: object): SQL | undefined {
  const columns = getTableColumns(table)
  return or(
    ...Object.entries(cleared).map(([name, value]) => sql`${columns[name]} is distinct from ${value}`),
  )
}
