import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { at, name, prose, seq } from './columns.ts'
import { users } from './users.ts'

export const rooms = pgTable(
  'rooms',
  {
    /** Internal and never reused, so that a new room with an old id shares nothing with the old room. */
    key: integer('key').primaryKey().generatedAlwaysAsIdentity(),
    id: text('id').notNull(),
    epoch: text('epoch').notNull(),
    title: name('title').notNull(),
    description: prose('description').notNull().default(''),
    access: text('access', { enum: ['open', 'closed', 'admins', 'direct'] }).notNull(),
    posting: text('posting', { enum: ['members', 'moderators'] })
      .notNull()
      .default('members'),
    /** The set of people of a direct room, hashed: one room for one set. */
    directKey: text('direct_key').unique('rooms_direct'),
    /** Who may mention everybody at once, with `@room` and `@here`. */
    mentionRoom: text('mention_everybody', { enum: ['members', 'moderators'] })
      .notNull()
      .default('members'),
    /** The least seconds between two messages of one member; 0 for none. */
    slowSeconds: integer('slow_seconds').notNull().default(0),
    /** Messages older than so many days are deleted; 0: as the server says. */
    retentionDays: integer('retention_days').notNull().default(0),
    /** Every message up to this one was deleted because of its age: history begins after it. */
    expiredSeq: seq('expired_seq').notNull().default(0),
    /** Its picture: the id of a file of the room. */
    avatar: text('avatar'),
    createdBy: uuid('created_by').references(() => users.id),
    createdAt: at('created_at').notNull(),
    archivedAt: at('archived_at'),
    deletedAt: at('deleted_at'),
  },
  (table) => [uniqueIndex('rooms_id').on(table.id).where(sql`${table.deletedAt} is null`)],
)

export const members = pgTable(
  'members',
  {
    roomKey: integer('room_key')
      .notNull()
      .references(() => rooms.key),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    role: text('role', { enum: ['owner', 'moderator', 'member'] }).notNull(),
    joinedAt: at('joined_at').notNull(),
    readSeq: seq('read_seq').notNull().default(0),
    /** Kept for direct rooms only: elsewhere nobody looks whom a message has reached. */
    deliveredSeq: seq('delivered_seq').notNull().default(0),
    notify: text('notify', { enum: ['all', 'mentions', 'nothing'] })
      .notNull()
      .default('all'),
    /** No notifications until then, whatever `notify` says. */
    mutedUntil: at('muted_until'),
    favourite: boolean('favourite').notNull().default(false),
    /** One of the sections of the person (`arrangements`). */
    section: uuid('section'),
    /** How far they had read before they marked something as unread: what others see in a direct room does not go back. */
    seenSeq: seq('seen_seq').notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'members_pkey', columns: [table.roomKey, table.userId] }),
    index('members_user').on(table.userId),
  ],
)

/** Who may not write. Apart from the membership, so that nobody gets their voice back by leaving and coming again. */
export const silences = pgTable(
  'silences',
  {
    roomKey: integer('room_key')
      .notNull()
      .references(() => rooms.key),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    until: at('until').notNull(),
  },
  (table) => [primaryKey({ name: 'silences_pkey', columns: [table.roomKey, table.userId] })],
)

/** Somebody was added by a person they shared no room with, and has to accept. Not an invite, which is a link for anyone. */
export const invitations = pgTable(
  'invitations',
  {
    roomKey: integer('room_key')
      .notNull()
      .references(() => rooms.key),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    invitedBy: uuid('invited_by')
      .notNull()
      .references(() => users.id),
    role: text('role', { enum: ['owner', 'moderator', 'member'] }).notNull(),
    createdAt: at('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'invitations_pkey', columns: [table.roomKey, table.userId] }),
    index('invitations_user').on(table.userId, table.invitedBy),
  ],
)

export const invites = pgTable(
  'invites',
  {
    id: text('id').primaryKey(),
    roomKey: integer('room_key')
      .notNull()
      .references(() => rooms.key),
    /** SHA-256 of the code: who reads the database cannot join with it. */
    codeHash: text('code_hash').notNull().unique('invites_code'),
    createdBy: uuid('created_by')
      .notNull()
      .references(() => users.id),
    createdAt: at('created_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    mostUses: integer('most_uses'),
    uses: integer('uses').notNull().default(0),
    revokedAt: at('revoked_at'),
  },
  (table) => [index('invites_room').on(table.roomKey)],
)
