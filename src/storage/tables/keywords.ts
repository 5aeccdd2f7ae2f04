import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'

/** Words that mean a person when somebody writes them. Nobody else learns of them. */
export const keywords = pgTable(
  'keywords',
  {
    userId: uuid('user_id').notNull(),
    /** A MAC of the folded word: mentions of kind `word` have it in the place of a person. */
    hash: uuid('hash').notNull(),
    /** As the person wrote it. */
    sealed: text('sealed').notNull(),
    /** Earlier messages do not mean the person. */
    since: at('since').notNull(),
  },
  (table) => [
    primaryKey({ name: 'keywords_pkey', columns: [table.userId, table.hash] }),
    index('keywords_hash').on(table.hash),
  ],
)
