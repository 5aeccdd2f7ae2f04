import { boolean, index, integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { seq } from './columns.ts'

/**
 * Who follows a thread: they have started it, answered in it, were named in it, or chose to. Who has stopped keeps the row, so that
 * only an answer of their own makes them follow again.
 */
export const threadFollows = pgTable(
  'thread_follows',
  {
    userId: uuid('user_id').notNull(),
    roomKey: integer('room_key').notNull(),
    /** The message that the thread begins with. */
    seq: seq('seq').notNull(),
    /** How far they have read the thread; what they have read in the room counts too. */
    readSeq: seq('read_seq').notNull().default(0),
    following: boolean('following').notNull().default(true),
  },
  (table) => [
    primaryKey({ name: 'thread_follows_pkey', columns: [table.roomKey, table.seq, table.userId] }),
    index('thread_follows_user').on(table.userId),
  ],
)
