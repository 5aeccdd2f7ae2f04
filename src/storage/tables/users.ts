import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  /** Folded to lower case; never changes, never given to another person, also after erasure. */
  username: text('username').notNull().unique('users_username'),
  displayName: text('display_name').notNull(),
  /** Folded to lower case. Absent for users made on the command line without one. */
  email: text('email').unique('users_email'),
  /** Absent when nobody can log in as this user: made for a token only, or erased. */
  passwordHash: text('password_hash'),
  role: text('role', { enum: ['admin', 'user'] })
    .notNull()
    .default('user'),
  createdAt: at('created_at').notNull(),
  bannedAt: at('banned_at'),
  deletedAt: at('deleted_at'),
})
