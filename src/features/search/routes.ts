import type { CommandTable, RouteTable } from '../../scope.ts'
import { searchMessages } from './search.ts'

export const searchRoutes = {
  'GET /search': ({ scope, query }) => searchMessages(scope, query),
} satisfies RouteTable

export const searchCommands = {
  'message.search': { run: (scope, query) => searchMessages(scope, query) },
} satisfies CommandTable
