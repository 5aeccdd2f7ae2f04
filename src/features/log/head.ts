import { type Column, eq, max, type Placeholder, sql } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { log } from '../../storage/tables/log.ts'

/** A subquery for the head of the log of a room, which is 0 while it is empty. */
export const headOf = ({ db }: Pick<Sql, 'db'>, roomKey: number | Column | Placeholder) =>
  db
    .select({ head: sql`coalesce(${max(log.seq)}, 0)` })
    .from(log)
    .where(eq(log.roomKey, roomKey))
