import { boolean, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { at, name } from './columns.ts'

export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  /** Folded to lower case; never changes, never given to another person, also after erasure. */
  username: text('username').notNull().unique('users_username'),
  displayName: name('display_name').notNull(),
  /** As `tidyEmail` writes it. Absent for users made on the command line without one. */
  email: text('email').unique('users_email'),
  /** Absent when nobody can log in as this user: made for a token only, or erased. */
  passwordHash: text('password_hash'),
  role: text('role', { enum: ['admin', 'user'] })
    .notNull()
    .default('user'),
  /** A program: nobody can log in as it, its tokens and webhooks speak for it. */
  bot: boolean('bot').notNull().default(false),
  /** Who may open a direct room with this user. */
  directFrom: text('direct_from', { enum: ['everyone', 'shared', 'nobody'] })
    .notNull()
    .default('everyone'),
  createdAt: at('created_at').notNull(),
  bannedAt: at('banned_at'),
  deletedAt: at('deleted_at'),
})

/** Who does not want to be written to by whom. */
export const blocks = pgTable(
  'blocks',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    blockedId: uuid('blocked_id')
      .notNull()
      .references(() => users.id),
  },
  (table) => [
    primaryKey({ name: 'blocks_pkey', columns: [table.userId, table.blockedId] }),
    index('blocks_blocked').on(table.blockedId),
  ],
)
