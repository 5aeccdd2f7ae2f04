import type { RouteTable } from '../../scope.ts'
import { exportOwn } from './own.ts'
import { exportRoom } from './room.ts'

export const exportRoutes = {
  'GET /users/me/export': ({ scope, query, request }) => exportOwn(scope, query, request),
  'GET /rooms/:room/export': ({ scope, params, query, request }) =>
    exportRoom(scope, params.room, query, request),
} satisfies RouteTable
