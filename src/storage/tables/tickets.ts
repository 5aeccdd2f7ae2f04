import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'

/** Tickets for a socket that were not used yet, for servers of several nodes: one makes a ticket, another takes it. */
export const tickets = pgTable(
  'tickets',
  {
    /** SHA-256 of the ticket. */
    hash: text('hash').primaryKey(),
    /** No foreign key: the session may end at the same time, and nobody has to wait for that. */
    sessionId: uuid('session_id').notNull(),
    /** By the clock of the database, which all nodes share. */
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [index('tickets_session').on(table.sessionId), index('tickets_created').on(table.createdAt)],
)
