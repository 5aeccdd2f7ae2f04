import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { at, seq } from './columns.ts'
import { rooms } from './rooms.ts'
import { users } from './users.ts'

/**
 * Files that people have uploaded. Their bytes are in the depot, under the id; the key of the bytes, the name and all that a
 * picture shows are in `sealed`. A removed file is a row without `sealed`, until its bytes are gone too: from the commit on nobody can
 * open them.
 */
export const files = pgTable(
  'files',
  {
    /** A UUIDv7: sorted by time. */
    id: text('id').primaryKey(),
    /** Absent for the picture of a person. */
    roomKey: integer('room_key').references(() => rooms.key, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The id that the client gave: a retry is the same file. */
    clientId: text('client_id'),
    purpose: text('purpose', { enum: ['message', 'avatar'] }).notNull(),
    state: text('state', { enum: ['uploading', 'ready', 'removed'] }).notNull(),
    /** What it counts for its person; while it is uploaded, what the client has announced. */
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sealed: text('sealed').notNull().default(''),
    /** The message that has it; absent until it is sent. */
    seq: seq('seq'),
    createdAt: at('created_at').notNull(),
  },
  (table) => [
    index('files_user').on(table.userId).where(sql`${table.state} <> 'removed'`),
    uniqueIndex('files_client')
      .on(table.userId, table.clientId)
      .where(sql`${table.clientId} is not null and ${table.state} = 'ready'`),
    index('files_message').on(table.roomKey, table.seq).where(sql`${table.seq} is not null`),
    index('files_removed').on(table.id).where(sql`${table.state} = 'removed'`),
    index('files_loose').on(table.createdAt).where(sql`${table.seq} is null`),
  ],
)
