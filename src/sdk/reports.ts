import type { Report, ReportPage, ReportQuery } from '../protocol/reports.ts'
import type { Rest } from './rest.ts'
import type { Store } from './store.ts'

export type Reports = ReportLists & {
  report(room: string, seq: number, reason: string): Promise<{ id: string }>
}

/** What a client can do with the reports that its user handles. */
export type ReportLists = {
  /** A page (50) of the reports that you handle, newest first. Updates `state.reports`. */
  loadReports(query?: ReportQuery): Promise<ReportPage>
  /** Closes all open reports about the message of this one. Rejects with `conflict` if somebody else has closed them. */
  closeReport(id: string, state: 'resolved' | 'dismissed'): Promise<Report>
}

export const createReports = ({ store, rest }: { store: Store; rest: Rest }): Reports => ({
  async loadReports(query = {}) {
    const page = await rest('GET /reports', { query })
    store.update((state) => (state.reports === page.open ? state : { ...state, reports: page.open }))
    return page
  },
  report: (room, seq, reason) =>
    rest('POST /rooms/:room/messages/:seq/report', { params: { room, seq }, body: { reason } }),
  closeReport: (id, state) => rest('PATCH /reports/:id', { params: { id }, body: { state } }),
})
