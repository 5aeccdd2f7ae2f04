import type { RouteTable } from '../../scope.ts'
import { exportAudit } from './audit.ts'
import { exportOwn } from './own.ts'
import { exportRoom } from './room.ts'

export const exportRoutes = {
  'GET /audit/export': ({ scope, query, request }) => exportAudit(scope, query, request),
  'GET /users/me/export': ({ scope, query, request }) => exportOwn(scope, query, request),
  'GET /rooms/:room/export': ({ scope, params, query, request }) =>
    exportRoom(scope, params.room, query, request),
} satisfies RouteTable
