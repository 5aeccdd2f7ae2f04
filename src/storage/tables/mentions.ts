import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { at, seq } from './columns.ts'

/** The `userId` of a mention that means everybody in the room: one row, however many they are. */
export const everybody = '00000000-0000-0000-0000-000000000000'

/**
 * Who is meant by a message: their name is in it, or a keyword of theirs, it answers a message of theirs, or it is theirs and somebody
 * reacted. Of kind `word`, `userId` is the hash of the word (`keywords.hash`): one row, however many people have it.
 */
export const mentions = pgTable(
  'mentions',
  {
    userId: uuid('user_id').notNull(),
    roomKey: integer('room_key').notNull(),
    /** The message. */
    seq: seq('seq').notNull(),
    kind: text('kind', { enum: ['name', 'room', 'reply', 'reaction', 'word'] }).notNull(),
    /** Who mentioned, answered or reacted. */
    actorId: uuid('actor_id').notNull(),
    /** The entry of the log by which they are meant: the message, an edit or a reaction. */
    place: seq('place').notNull(),
    at: at('at').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'mentions_pkey',
      columns: [table.userId, table.roomKey, table.seq, table.kind, table.actorId],
    }),
    index('mentions_message').on(table.roomKey, table.seq),
    index('mentions_newest').on(table.userId, table.at),
  ],
)
