import type { AuditEntry, AuditFilter } from '../../protocol/audit.ts'
import { actionsOf } from '../../protocol/audit-actions.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Tools } from '../../scope.ts'
import { authorsOf, people } from '../auth/people.ts'
import { pageOf } from '../page.ts'
import { type ActFilter, listActs } from './store.ts'

type Query = AuditFilter & { before?: number; limit?: number }

/** What administrators and operators did, newest first. */
export async function listAudit(tools: Tools, { before, limit, ...filter }: Query) {
  return readAudit(tools, await actFilter(tools, filter), before, limit)
}

/** A page of what a filter finds. */
export async function readAudit(
  tools: Tools,
  filter: ActFilter,
  before = Number.MAX_SAFE_INTEGER,
  limit = 50,
): Promise<{ items: AuditEntry[]; next?: number }> {
  const rows = await listActs(tools.sql, filter, before, limit + 1)
  const ids = rows.flatMap(({ actorId, subjectId }) => [actorId, subjectId])
  const authors = await authorsOf(
    tools,
    ids.filter((id) => id !== null),
  )
  const nameOf = (id: string | null) => (id === null ? undefined : authors.get(id)?.username)
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

/** Looks up whom a filter names. A room is not looked up: what was done in one that is deleted stays on record. */
export async function actFilter(tools: Tools, filter: AuditFilter): Promise<ActFilter> {
  const { actor, subject, room, action, from, to } = filter
  return {
    actor: await idOf(tools, actor),
    subject: await idOf(tools, subject),
    room,
    actions: action && actionsOf(action),
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  }
}

/** By username, never by email address. */
async function idOf(tools: Tools, username: string | undefined): Promise<string | undefined> {
  if (username === undefined) return undefined
  const person = username.includes('@') ? undefined : await people(tools).findByName(username)
  if (!person || person.deleted) throw new ChatError('user_not_found')
  return person.id
}
