import { type SQL, sql } from 'drizzle-orm'

/** `isBanned`, in SQL: for rows of `users` under this name. */
export const notBanned = (users: string): string =>
  `(${users}.banned_at is null or ${users}.banned_until <= now())`

/** The same for Drizzle. */
export const isNotBanned = (): SQL => sql.raw(notBanned('users'))
