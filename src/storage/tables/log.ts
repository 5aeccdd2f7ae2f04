import { sql } from 'drizzle-orm'
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { at, seq } from './columns.ts'

/**
 * The durable events of all rooms. A row of kind message.created is also the message: the columns after `detail`
 * hold what has become of it since. No foreign keys: they would be checked row by row on the hottest path; the
 * insert joins `rooms` once per statement instead.
 */
export const log = pgTable(
  'log',
  {
    roomKey: integer('room_key').notNull(),
    seq: seq('seq').notNull(),
    kind: smallint('kind').notNull(),
    actorId: uuid('actor_id').notNull(),
    at: at('at').notNull(),
    /** The seq of the message that an edit, deletion, reaction or pin is about. */
    target: seq('target'),
    /** The encrypted text of a created or edited message; removed when the message is deleted. */
    body: text('body'),
    clientId: text('client_id'),
    replyTo: seq('reply_to'),
    /** The first message that a reply leads to: its thread. Absent in a reply from before there were threads, until it is filled. */
    threadSeq: seq('thread_seq'),
    /** What else the event says, as its kind has it (emoji, id of the user, role, changed …). */
    detail: jsonb('detail'),
    /** A MAC over this entry and the link before it; 128 bits, and Postgres has no smaller type for those than uuid. */
    link: uuid('link'),
    /** The log entry of the newest edit, which has the current text. */
    editedSeq: seq('edited_seq'),
    deletedAt: at('deleted_at'),
    pinnedAt: at('pinned_at'),
    /** Whether `reactions` has any: spares a page of history from looking. */
    reacted: boolean('reacted').notNull().default(false),
    /** A MAC over `editedSeq`, `deletedAt` and `pinnedAt`; absent for a message that is as it was sent. */
    standing: uuid('standing'),
  },
  (table) => [
    primaryKey({ name: 'log_pkey', columns: [table.roomKey, table.seq] }),
    uniqueIndex('log_client').on(table.actorId, table.clientId).where(sql`${table.clientId} is not null`),
    /** Edits, deletions and pins by their message: the marks of a message only repeat what these say. The numbers are in `kindNumbers`. */
    index('log_marks').on(table.roomKey, table.target, table.seq).where(sql`${table.kind} in (2, 3, 6, 7)`),
    index('log_threads')
      .on(table.roomKey, table.threadSeq, table.seq)
      .where(sql`${table.threadSeq} is not null`),
    /** The replies whose thread is still to be filled: empty, once all are. */
    index('log_unthreaded')
      .on(table.roomKey, table.seq)
      .where(sql`${table.replyTo} is not null and ${table.threadSeq} is null`),
    index('log_pins').on(table.roomKey, table.seq).where(sql`${table.pinnedAt} is not null`),
  ],
)

export const reactions = pgTable(
  'reactions',
  {
    roomKey: integer('room_key').notNull(),
    seq: seq('seq').notNull(),
    emoji: text('emoji').notNull(),
    userId: uuid('user_id').notNull(),
    /** The log entry that added it: reactions are shown in the order of their first use. */
    addedSeq: seq('added_seq').notNull(),
  },
  (table) => [
    primaryKey({ name: 'reactions_pkey', columns: [table.roomKey, table.seq, table.emoji, table.userId] }),
  ],
)
