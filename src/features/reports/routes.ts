import type { RouteTable } from '../../scope.ts'
import { closeReport } from './close.ts'
import { listReports } from './list.ts'
import { reportMessage } from './report.ts'

export const reportRoutes = {
  'POST /rooms/:room/messages/:seq/report': ({ scope, params, body }) =>
    reportMessage(scope, params.room, params.seq, body.reason),
  'GET /reports': ({ scope, query }) => listReports(scope, query),
  'PATCH /reports/:id': ({ scope, params, body }) => closeReport(scope, params.id, body),
} satisfies RouteTable
