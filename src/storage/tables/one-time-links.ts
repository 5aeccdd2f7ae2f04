import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'
import { users } from './users.ts'

/** Links that do one thing once, for the person they were made for. */
export const oneTimeLinks = pgTable(
  'one_time_links',
  {
    /** SHA-256 of the token: who reads the database cannot use it. */
    hash: text('hash').primaryKey(),
    kind: text('kind', { enum: ['sign_in', 'reset', 'confirm'] }).notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The administrator who made it. Absent for one that the server sent by mail. */
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'cascade' }),
    /** The address that it was sent to, and that it confirms. */
    email: text('email'),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
  },
  (table) => [
    index('one_time_links_user').on(table.userId),
    index('one_time_links_created').on(table.createdBy),
    index('one_time_links_expiry').on(table.expiresAt),
  ],
)
