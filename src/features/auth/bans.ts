import { type SQL, sql } from 'drizzle-orm'
import { users } from '../../storage/tables/users.ts'

/** `isBanned`, in SQL: for rows of `people`, at the time that `now` is the parameter of. */
export const notBanned = (people: string, now: string): string =>
  `(${people}.banned_at is null or ${people}.banned_until <= ${now}::timestamptz)`

/** The same for Drizzle. */
export const isNotBanned = (now: Date): SQL =>
  sql`(${users.bannedAt} is null or ${users.bannedUntil} <= ${now.toISOString()}::timestamptz)`
