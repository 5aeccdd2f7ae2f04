import type { CommandTable, RouteTable } from '../../scope.ts'
import { listKeywords, setKeywords } from './own.ts'

export const keywordRoutes = {
  'GET /users/me/keywords': ({ scope }) => listKeywords(scope),
  'PUT /users/me/keywords': ({ scope, body }) => setKeywords(scope, body),
} satisfies RouteTable

export const keywordCommands = {
  'keyword.list': { run: (scope) => listKeywords(scope) },
  'keyword.set': { run: (scope, { keywords }) => setKeywords(scope, { keywords }) },
} satisfies CommandTable
