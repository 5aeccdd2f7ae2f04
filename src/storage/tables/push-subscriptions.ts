import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'
import { sessions } from './sessions.ts'

/** Where a device gets push messages. It ends with the session of the device. */
export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    id: text('id').primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    /** An index has room for a hash, and not for every URL. */
    endpointHash: text('endpoint_hash').notNull().unique('push_subscriptions_endpoint'),
    endpoint: text('endpoint').notNull(),
    /** Both as the browser gave them, base64url. */
    p256dh: text('p256dh').notNull(),
    auth: text('auth').notNull(),
    /** Of rooms whose notifications are set to all: every message, or only those that mean the person. */
    level: text('level', { enum: ['all', 'mentions'] })
      .notNull()
      .default('all'),
    createdAt: at('created_at').notNull(),
  },
  (table) => [index('push_subscriptions_session').on(table.sessionId)],
)
