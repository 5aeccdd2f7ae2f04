import type { CommandTable, RouteTable } from '../../scope.ts'
import { changeArrangement, showArrangement } from './own.ts'

export const arrangementRoutes = {
  'GET /users/me/arrangement': ({ scope }) => showArrangement(scope),
  'PATCH /users/me/arrangement': ({ scope, body }) => changeArrangement(scope, body),
} satisfies RouteTable

export const arrangementCommands = {
  'arrangement.set': { run: (scope, change) => changeArrangement(scope, change) },
} satisfies CommandTable
