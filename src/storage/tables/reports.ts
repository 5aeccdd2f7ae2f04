import { sql } from 'drizzle-orm'
import { index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { at, prose, seq } from './columns.ts'
import { rooms } from './rooms.ts'
import { users } from './users.ts'

/** Messages that somebody has reported to the moderators. The text of the message stays in the log: a copy would outlive its deletion. */
export const reports = pgTable(
  'reports',
  {
    /** A UUIDv7: sorted by time. */
    id: text('id').primaryKey(),
    roomKey: integer('room_key')
      .notNull()
      .references(() => rooms.key),
    seq: seq('seq').notNull(),
    /** The entry that had the text at that moment: the message, or its last edit. */
    textSeq: seq('text_seq').notNull(),
    authorId: uuid('author_id')
      .notNull()
      .references(() => users.id),
    reporterId: uuid('reporter_id')
      .notNull()
      .references(() => users.id),
    reason: prose('reason').notNull(),
    createdAt: at('created_at').notNull(),
    state: text('state', { enum: ['open', 'resolved', 'dismissed'] })
      .notNull()
      .default('open'),
    closedBy: uuid('closed_by').references(() => users.id),
    closedAt: at('closed_at'),
  },
  (table) => [
    uniqueIndex('reports_once').on(table.roomKey, table.seq, table.reporterId),
    index('reports_open').on(table.id).where(sql`${table.state} = 'open'`),
  ],
)
