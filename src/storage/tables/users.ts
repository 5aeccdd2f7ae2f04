import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { boolean, index, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { CustomStatus } from '../../protocol/profile.ts'
import type { QuietHours } from '../../protocol/quiet-hours.ts'
import { at, name, prose } from './columns.ts'

export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey(),
    /** Folded to lower case; never changes, never given to another person. Of an erased person only its hash is left. */
    username: text('username').notNull().unique('users_username'),
    displayName: name('display_name').notNull(),
    /** As `tidyEmail` writes it. Absent for users made on the command line without one. */
    email: text('email').unique('users_email'),
    /** When a mail to this address was opened; absent for an address that nobody has confirmed. */
    emailConfirmedAt: at('email_confirmed_at'),
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
    /** Their picture: the id of a file of theirs. */
    avatar: text('avatar'),
    /** When no push message may come, in their own time zone. */
    quietHours: jsonb('quiet_hours').$type<QuietHours>(),
    title: name('title'),
    pronouns: name('pronouns'),
    /** An IANA name. */
    timeZone: text('time_zone'),
    /** Also one that has ended by itself: `presentStatus` leaves it out. */
    customStatus: jsonb('custom_status').$type<CustomStatus>(),
    createdAt: at('created_at').notNull(),
    bannedAt: at('banned_at'),
    /** When the ban ends by itself; absent if only an administrator can end it. */
    bannedUntil: at('banned_until'),
    /** For the banned person and for administrators. */
    banReason: prose('ban_reason'),
    deletedAt: at('deleted_at'),
  },
  (table) => [
    /** A name and the hash of it count as the same, so that nobody gets the name of an erased person. */
    uniqueIndex('users_name_once').on(erasedUsername(table.username)),
  ],
)

/**
 * What is left of the username of an erased person: a hash, with a colon that no username has. Of a hash it gives the same. In SQL,
 * because an index is made of it, and an index may call nothing that depends on settings: so `decode` and not `convert_to`.
 */
export function erasedUsername(username: SQLWrapper): SQL {
  return sql`(case when ${username} like 'erased:%' then ${username}
    else 'erased:' || encode(sha256(decode(${username}, 'escape')), 'hex') end)`
}

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
