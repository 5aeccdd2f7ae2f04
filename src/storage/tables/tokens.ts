import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { name } from './columns.ts'
import { sessions } from './sessions.ts'

/** API tokens. Each is a session without a refresh token, which says whose it is and when it ends. */
export const tokens = pgTable('tokens', {
  sessionId: uuid('session_id')
    .primaryKey()
    .references(() => sessions.id),
  name: name('name').notNull(),
  /** As OAuth writes them (RFC 6749 section 3.3): names with spaces between. */
  scopes: text('scopes').notNull(),
  /** SHA-256 of the token: who reads the database cannot act with it. */
  tokenHash: text('token_hash').notNull().unique('tokens_hash'),
})
