import { ChatError } from '../../protocol/errors.ts'
import type { Report, ReportChange } from '../../protocol/reports.ts'
import type { Scope } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { recordAct } from '../audit/record.ts'
import { actAs } from '../auth/redeem.ts'
import { handlerOf, presentReports } from './list.ts'
import { sendOpenReports } from './notify.ts'
import { closeReports, findReport, type ReportRow } from './store.ts'

/** Closes all open reports about the message of this one. Closing it again in the same way changes nothing. */
export async function closeReport(scope: Scope, id: string, { state }: ReportChange): Promise<Report> {
  const row = await actAs(scope, 'self', async (sql) => {
    const report = await handled(scope, id, sql)
    if (report.state === state) return report
    const { roomKey, seq } = report
    const closed = await closeReports(sql, { roomKey, seq, state, by: scope.actor.id, at: scope.clock() })
    if (!closed) {
      // Closed before, or by somebody else since it was found here.
      const now = await handled(scope, id, sql)
      if (now.state === state) return now
      throw new ChatError('report_closed')
    }
    const act = {
      actor: scope.actor.id,
      action: `report.${state}`,
      subject: report.authorId,
      room: report.room,
    } as const
    await recordAct(scope, { ...act, detail: { seq } }, sql)
    return handled(scope, id, sql)
  })
  await sendOpenReports(scope, row)
  const [report] = await presentReports(scope, [row])
  return report!
}

/** Asked inside of the transaction: somebody may have lost the room in the meantime. */
async function handled(scope: Scope, id: string, sql: Sql): Promise<ReportRow> {
  const report = id.includes('\0') ? undefined : await findReport(sql, handlerOf(scope), id)
  if (!report) throw new ChatError('report_not_found')
  return report
}
