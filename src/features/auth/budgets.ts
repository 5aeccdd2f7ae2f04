import { type Budget, budgetsOf } from '../../protocol/budgets.ts'
import { ChatError } from '../../protocol/errors.ts'
import { createRateLimit } from '../../rate.ts'
import { perServer, type Scope } from '../../scope.ts'

const budgets = perServer(
  ({ policy }) =>
    new Map(
      Object.entries(budgetsOf(policy.limits)).map(([name, rate]) => [name as Budget, createRateLimit(rate)]),
    ),
)

const reasons = {
  message: 'too_many_messages',
  write: 'too_many_writes',
  read: 'too_many_reads',
  create: 'too_many_creations',
  subscribe: 'too_many_requests',
  signal: 'too_many_requests',
  export: 'too_many_exports',
  account: 'too_many_requests',
} as const satisfies Record<Budget, string>

/** Takes one from the actor's budget, which all their sockets and tokens share, or refuses. */
export function spend(scope: Scope, budget: Budget): void {
  if (!scope.policy.rateLimits) return
  const key = budget === 'account' ? scope.session : scope.actor.id
  const retryAfterMs = budgets(scope).get(budget)!.take(key)
  if (retryAfterMs === undefined) return
  scope.metrics.rateLimited.add(budget === 'message' ? 'messages' : budget)
  throw new ChatError(reasons[budget], { retryAfterMs })
}
