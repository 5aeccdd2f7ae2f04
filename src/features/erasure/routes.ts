import type { RouteTable } from '../../scope.ts'
import { clearedCookies } from '../auth/cookies.ts'
import { eraseAccount } from './erase.ts'

export const erasureRoutes = {
  async 'DELETE /users/me'({ scope, body, headers }) {
    await eraseAccount(scope, body ?? {})
    headers['set-cookie'] = clearedCookies(scope)
  },
} satisfies RouteTable
