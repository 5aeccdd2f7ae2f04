import { pgTable, text, uuid } from 'drizzle-orm/pg-core'

/** How a person has arranged their list of rooms. `members.section` says which room is in which of their sections. */
export const arrangements = pgTable('arrangements', {
  userId: uuid('user_id').primaryKey(),
  listOrder: text('list_order', { enum: ['title', 'activity'] })
    .notNull()
    .default('title'),
  /** The sections in their order, as JSON. Nobody else learns their names. */
  sealed: text('sealed').notNull(),
})
