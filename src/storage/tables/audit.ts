import { bigint, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'

/** Every administrative act: who, what, whom, when. Only ever appended to. */
export const audit = pgTable(
  'audit',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: at('at').notNull(),
    /** Absent for what the operator did on the command line. */
    actorId: uuid('actor_id'),
    action: text('action').notNull(),
    subjectId: uuid('subject_id'),
    roomId: text('room_id'),
    detail: jsonb('detail'),
  },
  // For its filters: each finds the newest first.
  (table) => [
    index('audit_by_actor').on(table.actorId, table.id),
    index('audit_by_subject').on(table.subjectId, table.id),
    index('audit_by_room').on(table.roomId, table.id),
    index('audit_by_action').on(table.action, table.id),
    index('audit_by_time').on(table.at),
  ],
)
