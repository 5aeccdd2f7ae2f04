import { desc, lt } from 'drizzle-orm'
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

/** Newest first. */
export async function listActs({ db }: Sql, before: number, limit: number): Promise<AuditRow[]> {
  return db.select().from(audit).where(lt(audit.id, before)).orderBy(desc(audit.id)).limit(limit)
}
