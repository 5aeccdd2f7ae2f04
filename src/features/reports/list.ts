import type { Report, ReportPage, ReportQuery } from '../../protocol/reports.ts'
import type { Author } from '../../protocol/users.ts'
import { isAdmin, type Scope } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { presentAuthor } from '../auth/present.ts'
import { readEntriesAt } from '../log/replay.ts'
import { pageOf } from '../page.ts'
import { countOpen, type Handler, listReportRows, type ReportRow } from './store.ts'

export const handlerOf = (scope: Scope): Handler => ({ id: scope.actor.id, admin: isAdmin(scope) })

/** The reports that the actor handles, newest first. */
export async function listReports(scope: Scope, query: ReportQuery): Promise<ReportPage> {
  const { state = 'open', before, limit = 50 } = query
  const handler = handlerOf(scope)
  const range = { open: state === 'open', before: before?.replaceAll('\0', ''), limit: limit + 1 }
  const rows = await listReportRows(scope.sql, handler, range)
  const open = await countOpen(scope.sql, handler)
  const { page, next } = pageOf(rows, limit, ({ id }) => id)
  const items = await presentReports(scope, page)
  // No administrator any more: these may be reports that they may not know of.
  if (handler.admin && !isAdmin(scope)) return listReports(scope, query)
  return { items, open, ...next }
}

export async function presentReports(scope: Scope, rows: ReportRow[]): Promise<Report[]> {
  const ids = rows.flatMap(({ authorId, reporterId, closedBy }) => [authorId, reporterId, closedBy])
  const people = await authorsOf(
    scope,
    ids.filter((id) => id !== null),
  )
  const author = (id: string): Author => presentAuthor(people.get(id)!)
  const texts = await textsOf(scope, rows)
  return rows.map((row, index): Report => {
    const { content, files, deleted } = texts[index]!
    return {
      id: row.id,
      room: row.room,
      title: row.title,
      ...(row.access === 'direct' && { direct: true }),
      seq: row.seq,
      author: author(row.authorId),
      content,
      ...(files && { files }),
      ...(deleted && { deleted }),
      reporter: author(row.reporterId),
      reason: row.reason,
      created_at: row.createdAt.toISOString(),
      state: row.state,
      ...(row.closedBy && { closed_by: author(row.closedBy) }),
      ...(row.closedAt && { closed_at: row.closedAt.toISOString() }),
    }
  })
}

type Reported = Pick<Report, 'content' | 'files' | 'deleted'>

/** The texts and files as they were reported: an edit of the author after that does not change them. */
async function textsOf(scope: Scope, rows: ReportRow[]): Promise<Reported[]> {
  const places = rows.map(({ roomKey: key, room: id, epoch, textSeq: seq }) => ({
    room: { key, id, epoch },
    seq,
  }))
  const entries = await readEntriesAt(scope, places)
  return entries.map((entry, index): Reported => {
    const { seq } = rows[index]!
    const isText = entry !== undefined && (entry.seq === seq || entry.target === seq)
    if (!isText || entry.deletedAt) return { content: '', deleted: true }
    const files = (entry.files ?? entry.about?.files ?? []).map(({ id, name, type, bytes }) => ({
      ...{ id, name, type, bytes },
    }))
    return { content: entry.text ?? '', ...(files.length > 0 && { files }) }
  })
}
