import type { AuditEntry } from '../../protocol/audit.ts'
import type { Tools } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { pageOf } from '../page.ts'
import { listActs } from './store.ts'

/** What administrators and operators did, newest first. */
export async function listAudit(tools: Tools, query: { before?: number; limit?: number }) {
  const limit = query.limit ?? 50
  const rows = await listActs(tools.sql, query.before ?? Number.MAX_SAFE_INTEGER, limit + 1)
  const ids = rows.flatMap(({ actorId, subjectId }) => [actorId, subjectId])
  const people = await authorsOf(
    tools,
    ids.filter((id) => id !== null),
  )
  const nameOf = (id: string | null) => (id === null ? undefined : people.get(id)?.username)
  const { page, next } = pageOf(rows, limit, ({ id }) => id)
  const items = page.map((row): AuditEntry => {
    const [actor, subject] = [nameOf(row.actorId), nameOf(row.subjectId)]
    return {
      id: row.id,
      at: row.at.toISOString(),
      ...(actor === undefined ? {} : { actor }),
      action: row.action,
      ...(subject === undefined ? {} : { subject }),
      ...(row.roomId === null ? {} : { room: row.roomId }),
      ...(row.detail === null ? {} : { detail: row.detail }),
    }
  })
  return { items, ...next }
}
