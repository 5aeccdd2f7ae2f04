import type { CommandName } from '../../protocol/commands.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { Permit, Route } from '../../protocol/route.ts'
import type { TokenScope } from '../../protocol/tokens.ts'
import type { Scope } from '../../scope.ts'

/** The types see to it that no command is missing. */
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

/** Refuses an API token that lacks what a route of the table asks for. */
export function requirePermit(
  { limitedTo }: Scope,
  permit: NonNullable<Route['permit']>,
  params: Record<string, string>,
): void {
  if (limitedTo === undefined) return
  if (typeof permit === 'string') requireScope(limitedTo, permit)
  else requireScope(limitedTo, params.username === 'me' ? permit.me : permit.others)
}

export function permitCommand({ limitedTo }: Scope, name: CommandName): void {
  if (limitedTo !== undefined) requireScope(limitedTo, commandPermits[name])
}

function requireScope(granted: readonly TokenScope[], permit: Permit): void {
  if (permit === 'person') throw new ChatError('token_not_allowed')
  if (granted.includes(permit)) return
  throw new ChatError('token_lacks_scope', { scope: permit })
}
