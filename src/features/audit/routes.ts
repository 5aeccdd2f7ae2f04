import type { RouteTable } from '../../scope.ts'
import { listAudit } from './list.ts'

export const auditRoutes = {
  'GET /audit': ({ scope, query }) => listAudit(scope, query),
} satisfies RouteTable
