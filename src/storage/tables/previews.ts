import { sql } from 'drizzle-orm'
import {
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { at, seq } from './columns.ts'

/**
 * What pages say of themselves that messages link to: fetched once for the whole community, and kept as long as a message shows it. The
 * database has no address and no title that can be read: the address is found by a hash with a key, all else is sealed.
 */
export const linkPreviews = pgTable(
  'link_previews',
  {
    /** A UUIDv7: what waits longer comes first. What is there under an id never changes. */
    id: text('id').primaryKey(),
    /** HMAC-SHA256 of the address. Absent for one that messages still show, but new ones do not get any more. */
    hash: text('hash'),
    state: text('state', { enum: ['wanted', 'ready', 'none'] }).notNull(),
    /** The address; when it is ready, also what the page says, and the key of the picture. Empty if there is nothing to show. */
    sealed: text('sealed').notNull().default(''),
    /** The sealed bytes of a small WebP, as base64. */
    picture: text('picture'),
    /** When it came into this state. */
    at: at('at').notNull(),
    tries: integer('tries').notNull().default(0),
    /** The node that fetches it, and until when it may. */
    node: text('node'),
    nodeUntil: at('node_until'),
  },
  (table) => [
    uniqueIndex('link_previews_hash').on(table.hash),
    index('link_previews_wanted').on(table.id).where(sql`${table.state} = 'wanted'`),
  ],
)

/** Which messages show which previews. No foreign key: a preview that somebody has removed is remembered without it. */
export const messagePreviews = pgTable(
  'message_previews',
  {
    roomKey: integer('room_key').notNull(),
    seq: seq('seq').notNull(),
    previewId: text('preview_id').notNull(),
    /** Its place among the links of the message. */
    place: smallint('place').notNull(),
    /** The author or a moderator does not want it: the message gets no other one either. */
    removed: boolean('removed').notNull().default(false),
  },
  (table) => [
    primaryKey({ name: 'message_previews_pkey', columns: [table.roomKey, table.seq, table.previewId] }),
    index('message_previews_preview').on(table.previewId),
  ],
)
