import { jsonb, pgTable, text } from 'drizzle-orm/pg-core'

/** Facts about this community that belong to the database, not to a process (such as the check of the encryption key). */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  value: jsonb('value').notNull(),
})
