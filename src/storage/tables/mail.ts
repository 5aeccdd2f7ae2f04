import { boolean, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'
import { users } from './users.ts'

/** Mails that are not sent yet. No row has a link in it: that is made when the mail is sent. */
export const mails = pgTable(
  'mails',
  {
    /** A UUIDv7. It is in the Message-ID, so that a mail which arrives twice is seen to be the same. */
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** Where to, if it is not for a person whom the server knows: whether somebody has it is asked when it is sent. */
    address: text('address'),
    /** A second mail of the same name is not queued while this one waits. */
    once: text('once').notNull().unique('mails_once'),
    language: text('language').notNull(),
    detail: jsonb('detail'),
    /** Times by the clock of the database, which all nodes share. */
    createdAt: at('created_at').notNull().defaultNow(),
    dueAt: at('due_at').notNull().defaultNow(),
    tries: integer('tries').notNull().default(0),
    /** Until then it belongs to the node that is sending it. */
    claimedUntil: at('claimed_until'),
  },
  (table) => [index('mails_due').on(table.dueAt), index('mails_user').on(table.userId)],
)

/** Which mails a person wants, and in which language. Without a row: as the defaults say. */
export const mailSettings = pgTable('mail_settings', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  language: text('language'),
  newDevice: boolean('new_device').notNull().default(true),
  /** A mail about what they have missed for some hours. */
  missed: boolean('missed').notNull().default(false),
  /** The mails that were sent reach up to here; first, since when the person wants them. */
  missedUntil: at('missed_until'),
})
