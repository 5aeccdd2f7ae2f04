import type { Report, ReportPage, ReportQuery } from '../../protocol/reports.ts'
import type { Author } from '../../protocol/users.ts'
import { isAdmin, type Person, type Scope } from '../../scope.ts'
import { authorsOf } from '../auth/people.ts'
import { readEntries } from '../log/replay.ts'
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
  const author = (id: string): Author => authorOf(people.get(id)!)
  return Promise.all(
    rows.map(async (row): Promise<Report> => {
      const { content, deleted } = await textOf(scope, row)
      return {
        id: row.id,
        room: row.room,
        title: row.title,
        ...(row.access === 'direct' && { direct: true }),
        seq: row.seq,
        author: author(row.authorId),
        content,
        ...(deleted && { deleted }),
        reporter: author(row.reporterId),
        reason: row.reason,
        created_at: row.createdAt.toISOString(),
        state: row.state,
        ...(row.closedBy && { closed_by: author(row.closedBy) }),
        ...(row.closedAt && { closed_at: row.closedAt.toISOString() }),
      }
    }),
  )
}

/** The text as it was reported: an edit of the author after that does not change it. */
async function textOf(scope: Scope, row: ReportRow): Promise<{ content: string; deleted?: true }> {
  const room = { key: row.roomKey, id: row.room, epoch: row.epoch }
  const [entry] = await readEntries(scope, room, row.textSeq - 1, 1)
  const isText = entry?.seq === row.textSeq && (entry.seq === row.seq || entry.target === row.seq)
  if (!isText || entry.deletedAt) return { content: '', deleted: true }
  return { content: entry.text ?? '' }
}

const authorOf = ({ username, displayName }: Person): Author => ({ username, display_name: displayName })
