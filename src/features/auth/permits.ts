import { commandBudgets } from '../../protocol/budgets.ts'
import type { CommandName } from '../../protocol/commands.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Permit, Route } from '../../protocol/route.ts'
import type { Scope } from '../../scope.ts'
import { spend } from './budgets.ts'

/** What an API token needs for each command. A missing command is a compile error. */
export const commandPermits: Record<CommandName, Permit> = {
  'room.subscribe': 'read',
  'room.unsubscribe': 'read',
  'message.list': 'read',
  'presence.list': 'read',
  ping: 'read',
  'room.join': 'write',
  'room.leave': 'write',
  'message.send': 'write',
  'message.edit': 'write',
  'message.delete': 'write',
  'reaction.add': 'write',
  'reaction.remove': 'write',
  'pin.add': 'write',
  'pin.remove': 'write',
  'read.mark': 'write',
  'typing.start': 'write',
  'direct.open': 'write',
  'session.renew': 'person',
}

type Asked = Pick<Extract<Route, { budget: unknown }>, 'permit' | 'budget'>

/** Refuses an API token without the scope that the route needs, and a user who has used up their budget. */
export function permitRoute(scope: Scope, { permit, budget }: Asked, params?: Record<string, string>): void {
  const who = params?.username === 'me' ? 'me' : 'others'
  requireScope(scope, typeof permit === 'string' ? permit : permit[who])
  spend(scope, typeof budget === 'string' ? budget : budget[who])
}

export function permitCommand(scope: Scope, name: CommandName): void {
  requireScope(scope, commandPermits[name])
  spend(scope, commandBudgets[name])
}

function requireScope({ limitedTo: granted }: Scope, permit: Permit): void {
  if (granted === undefined) return
  if (permit === 'person') throw new ChatError('token_not_allowed')
  if (granted.includes(permit)) return
  throw new ChatError('token_lacks_scope', { scope: permit })
}
