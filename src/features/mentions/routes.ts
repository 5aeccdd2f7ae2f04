import type { RouteTable } from '../../scope.ts'
import { listMentions } from './list.ts'

export const mentionRoutes = {
  'GET /mentions': ({ scope, query }) => listMentions(scope, query),
} satisfies RouteTable
