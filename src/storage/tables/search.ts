import { bigint, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { at, seq } from './columns.ts'

/**
 * What each message has of words: hashes with a key that is not in the database, never a word. Filled behind the log, and made from it again after a
 * restore. No foreign key, as in `log`.
 */
export const searchWords = pgTable(
  'search_words',
  {
    roomKey: integer('room_key').notNull(),
    seq: seq('seq').notNull(),
    /** That of the message: results of many rooms are in the order of time. */
    at: at('at').notNull(),
    /** 32 bits each: two words with the same hash are distinguished by the text. */
    terms: integer('terms').array().notNull(),
  },
  (table) => [
    primaryKey({ name: 'search_words_pkey', columns: [table.roomKey, table.seq] }),
    index('search_words_at').on(table.at),
    // Rows are about in the order of time: with this, Postgres reads of what the index of terms finds only those of a time.
    index('search_words_times').using('brin', table.at).with({ pages_per_range: 32 }),
    // New rows wait in a list of at most so many kB. Merging a longer one would keep the embedded database busy.
    index('search_words_terms').using('gin', table.terms).with({ gin_pending_list_limit: 512 }),
  ],
)

/** How far the words of each log are in the table above. */
export const searchPositions = pgTable('search_positions', {
  roomKey: integer('room_key').primaryKey(),
  /** Every entry up to here was looked at when it was new. */
  seq: seq('seq').notNull(),
  /** Messages up to here are still to be filled in, backwards: old ones, or all of them with a new key. */
  filling: bigint('filling', { mode: 'number' }).notNull(),
  /** The id of the key with which everything after `filling` is hashed. */
  keyId: text('key_id').notNull(),
})
