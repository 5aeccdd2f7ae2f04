import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm'
import type { Sql } from '../../storage/storage.ts'
import { audit } from '../../storage/tables/audit.ts'

type AuditRow = typeof audit.$inferSelect

type Act = { actor?: string; action: string; subject?: string; room?: string; detail?: object }

export async function insertAct({ db }: Sql, act: Act, at: Date): Promise<void> {
  await db.insert(audit).values({
    at,
    actorId: act.actor ?? null,
    action: act.action,
    subjectId: act.subject ?? null,
    roomId: act.room ?? null,
    detail: act.detail ?? null,
  })
}

/** With the ids of people, and times in order. */
export type ActFilter = {
  actor?: string | undefined
  subject?: string | undefined
  room?: string | undefined
  actions?: readonly string[] | undefined
  from?: Date | undefined
  to?: Date | undefined
}

/** Newest first. Each field of the filter but the actions and times has an index that ends with the id. */
export async function listActs(
  { db }: Sql,
  { actor, subject, room, actions, from, to }: ActFilter,
  before: number,
  limit: number,
): Promise<AuditRow[]> {
  const wanted = and(
    lt(audit.id, before),
    actor === undefined ? undefined : eq(audit.actorId, actor),
    subject === undefined ? undefined : eq(audit.subjectId, subject),
    room === undefined ? undefined : eq(audit.roomId, room),
    actions === undefined ? undefined : inArray(audit.action, [...actions]),
    from && gte(audit.at, from),
    to && lt(audit.at, to),
  )
  return db.select().from(audit).where(wanted).orderBy(desc(audit.id)).limit(limit)
}
