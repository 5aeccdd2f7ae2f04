import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'
import { rooms } from './rooms.ts'
import { users } from './users.ts'

export const webhooks = pgTable(
  'webhooks',
  {
    id: text('id').primaryKey(),
    roomKey: integer('room_key')
      .notNull()
      .references(() => rooms.key),
    /** The bot account in whose name it speaks. */
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    /** SHA-256 of the end of its address: who reads the database cannot speak with it. */
    secretHash: text('secret_hash').notNull().unique('webhooks_secret'),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: at('created_at').notNull(),
    /** The row stays after a revocation, so that a sender gets "removed" and not "not found". */
    revokedAt: at('revoked_at'),
  },
  (table) => [index('webhooks_room').on(table.roomKey)],
)
