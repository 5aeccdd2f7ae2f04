import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { DurableKind } from '../../protocol/events.ts'
import { at, seq } from './columns.ts'
import { rooms } from './rooms.ts'
import { users } from './users.ts'

export const outgoingWebhooks = pgTable(
  'outgoing_webhooks',
  {
    id: text('id').primaryKey(),
    roomKey: integer('room_key')
      .notNull()
      .references(() => rooms.key, { onDelete: 'cascade' }),
    /** Its URL, which is often a secret too, and the key of its signatures. */
    sealed: text('sealed').notNull(),
    /** Null: all. */
    events: jsonb('events').$type<DurableKind[]>(),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
    /** Up to here everything is delivered. */
    position: seq('position').notNull(),
    failingSince: at('failing_since'),
    tries: integer('tries').notNull().default(0),
    nextTryAt: at('next_try_at'),
    failure: jsonb('failure').$type<{ reason: string; status?: number }>(),
    pausedFor: text('paused_for', { enum: ['person', 'failing', 'gone', 'secret_lost'] }),
    /** The node that delivers, and until when it may. */
    node: text('node'),
    nodeUntil: at('node_until'),
  },
  (table) => [index('outgoing_webhooks_room').on(table.roomKey)],
)
