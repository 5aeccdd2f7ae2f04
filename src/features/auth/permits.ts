import { commandRows } from '../../protocol/command-rows.ts'
import type { CommandName } from '../../protocol/commands.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Permit, Route } from '../../protocol/route.ts'
import type { Scope } from '../../scope.ts'
import { spend } from './budgets.ts'

type Asked = Pick<Extract<Route, { budget: unknown }>, 'permit' | 'budget'>

/** Refuses an API token without the scope that the route needs, and a user who has used up their budget. */
export function permitRoute(scope: Scope, { permit, budget }: Asked, params?: Record<string, string>): void {
  const who = params?.username === 'me' ? 'me' : 'others'
  requireScope(scope, typeof permit === 'string' ? permit : permit[who])
  spend(scope, typeof budget === 'string' ? budget : budget[who])
}

export function permitCommand(scope: Scope, name: CommandName): void {
  const { permit, budget } = commandRows[name]
  requireScope(scope, permit)
  spend(scope, budget)
}

function requireScope({ limitedTo: granted }: Scope, permit: Permit): void {
  if (granted === undefined) return
  if (permit === 'person') throw new ChatError('token_not_allowed')
  if (granted.includes(permit)) return
  throw new ChatError('token_lacks_scope', { scope: permit })
}
