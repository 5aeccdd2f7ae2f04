import { boolean, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { at, seq } from './columns.ts'

/** What a node has noticed of a changed database, so that every node shows it and the operator accepts it once. */
export const findings = pgTable(
  'findings',
  {
    what: text('what').notNull(),
    /** 0 for all rooms. No foreign key: a room that was noticed may be the one that is missing. */
    roomKey: integer('room_key').notNull(),
    seq: seq('seq').notNull(),
    /** The id of the room, where the key says nothing. */
    room: text('room').notNull(),
    by: text('by', { enum: ['start', 'reading'] }).notNull(),
    at: at('at').notNull(),
    accepted: boolean('accepted').notNull(),
    /** A MAC of all that: somebody who changes the database must not say that it was accepted. */
    mark: text('mark').notNull(),
  },
  (table) => [primaryKey({ name: 'findings_pkey', columns: [table.what, table.roomKey, table.seq] })],
)
