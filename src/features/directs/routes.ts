import type { CommandTable, RouteTable } from '../../scope.ts'
import { openDirect } from './open.ts'

export const directRoutes = {
  'POST /directs': ({ scope, body }) => openDirect(scope, body.usernames),
} satisfies RouteTable

export const directCommands = {
  'direct.open': { run: (scope, { usernames }) => openDirect(scope, usernames) },
} satisfies CommandTable
