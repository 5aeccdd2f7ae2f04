import { isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { users } from '../../storage/tables/users.ts'

/** `isBanned`, in SQL. */
export const isNotBanned = ({ bannedAt, bannedUntil }: typeof users): SQL =>
  or(isNull(bannedAt), lte(bannedUntil, sql`now()`))!
