import type { RouteTable } from '../../scope.ts'
import { markRead } from './read.ts'

export const receiptRoutes = {
  'PUT /rooms/:room/read': ({ scope, params, body }) => markRead(scope, params.room, body),
} satisfies RouteTable
