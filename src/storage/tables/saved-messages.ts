import { index, integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { at, seq } from './columns.ts'

/** Messages that somebody has saved for later. Nobody else learns of it. */
export const savedMessages = pgTable(
  'saved_messages',
  {
    userId: uuid('user_id').notNull(),
    roomKey: integer('room_key').notNull(),
    seq: seq('seq').notNull(),
    /** When it was saved. */
    at: at('at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'saved_messages_pkey', columns: [table.roomKey, table.seq, table.userId] }),
    index('saved_messages_user').on(table.userId, table.at),
  ],
)
