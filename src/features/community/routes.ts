import type { RouteTable } from '../../scope.ts'
import { changeCommunity } from './change.ts'

export const communityRoutes = {
  'PATCH /community': ({ scope, body }) => changeCommunity(scope, body),
} satisfies RouteTable
