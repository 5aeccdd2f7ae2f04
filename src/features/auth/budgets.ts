import type { Budget } from '../../protocol/budgets.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Scope } from '../../scope.ts'
import { take } from './limits.ts'

const reasons = {
  message: 'too_many_messages',
  write: 'too_many_writes',
  read: 'too_many_reads',
  search: 'too_many_reads',
  create: 'too_many_creations',
  subscribe: 'too_many_requests',
  signal: 'too_many_requests',
  export: 'too_many_exports',
  account: 'too_many_requests',
} as const satisfies Record<Budget, string>

/** Takes one from the actor's budget, which all their sockets and tokens share, or refuses. */
export function spend(scope: Scope, budget: Budget): void {
  const key = budget === 'account' ? scope.session : scope.actor.id
  const retryAfterMs = take(scope, budget, key)
  if (retryAfterMs === undefined) return
  scope.metrics.rateLimited.add(budget === 'message' ? 'messages' : budget)
  throw new ChatError(reasons[budget], { retryAfterMs })
}
