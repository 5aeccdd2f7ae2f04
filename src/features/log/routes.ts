import type { RouteTable } from '../../scope.ts'
import { listFindings } from './findings.ts'

export const logRoutes = {
  'GET /findings': ({ scope }) => listFindings(scope),
} satisfies RouteTable
