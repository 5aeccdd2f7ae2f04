import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { users } from './users.ts'

const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

export const rooms = pgTable(
  'rooms',
  {
    /** Internal and never reused, so that a room made anew under an old id shares nothing with the old one. */
    key: integer('key').primaryKey().generatedAlwaysAsIdentity(),
    id: text('id').notNull(),
    epoch: text('epoch').notNull(),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    access: text('access', { enum: ['open', 'closed', 'admins', 'direct'] }).notNull(),
    posting: text('posting', { enum: ['members', 'moderators'] })
      .notNull()
      .default('members'),
    createdBy: uuid('created_by').references(() => users.id),
    createdAt: at('created_at').notNull(),
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
    readSeq: bigint('read_seq', { mode: 'number' }).notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'members_pkey', columns: [table.roomKey, table.userId] }),
    index('members_user').on(table.userId),
  ],
)
