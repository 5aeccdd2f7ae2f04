import type { CommandName } from '../../protocol/commands.ts'
import { ChatError } from '../../protocol/errors.ts'
import type { TokenScope } from '../../protocol/tokens.ts'
import type { Scope } from '../../scope.ts'

/** What an API token needs for something; `person` is what no token may, because it is about the account itself. */
export type Permit = TokenScope | 'person'

/** Every protected route. One that is not here is closed to tokens; a test finds it. */
export const routePermits: Record<string, Permit | ((params: Record<string, string>) => Permit)> = {
  'POST /auth/logout': 'person',
  'GET /auth/sessions': 'person',
  'DELETE /auth/sessions/:id': 'person',
  // A ticket would be a socket without the limits of its token.
  'POST /auth/ticket': 'person',
  'POST /tokens': 'person',
  'GET /tokens': 'person',
  'DELETE /tokens/:id': 'person',
  // Also for the token of an administrator: what it made would outlive it.
  'POST /bots': 'person',
  'GET /bots': 'admin',
  'POST /bots/:username/tokens': 'person',
  'GET /bots/:username/tokens': 'person',
  'DELETE /bots/:username/tokens/:id': 'person',

  'GET /users/me': 'read',
  'PATCH /users/me': 'person',
  'DELETE /users/me': 'person',
  'PUT /users/me/password': 'person',
  'GET /users/me/blocks': 'person',
  'PUT /users/me/blocks/:username': 'person',
  'DELETE /users/me/blocks/:username': 'person',
  'GET /users': 'admin',
  'GET /users/:username': 'read',
  'PATCH /users/:username': 'admin',
  'PUT /users/:username/roles/:role': 'admin',
  'DELETE /users/:username/roles/:role': 'admin',
  'PUT /users/:username/ban': 'admin',
  'DELETE /users/:username/ban': 'admin',
  'GET /audit': 'admin',

  'GET /ws': 'read',
  'GET /ws/:room': 'read',
  'GET /rooms': 'read',
  'GET /rooms/:room': 'read',
  'GET /rooms/:room/members': 'read',
  'GET /rooms/:room/log': 'read',
  'GET /rooms/:room/messages': 'read',
  'GET /rooms/:room/messages/:seq': 'read',
  'GET /rooms/:room/pins': 'read',
  'GET /invites/:code': 'read',

  'POST /rooms/:room/messages': 'write',
  'PATCH /rooms/:room/messages/:seq': 'write',
  'DELETE /rooms/:room/messages/:seq': 'write',
  'PUT /rooms/:room/messages/:seq/reactions/:emoji': 'write',
  'DELETE /rooms/:room/messages/:seq/reactions/:emoji': 'write',
  'PUT /rooms/:room/pins/:seq': 'write',
  'DELETE /rooms/:room/pins/:seq': 'write',
  'PUT /rooms/:room/read': 'write',
  'PUT /rooms/:room/notifications': 'write',
  'POST /invites/:code/accept': 'write',
  'POST /directs': 'write',

  'PUT /rooms/:room/members/:username': ofMember,
  'DELETE /rooms/:room/members/:username': ofMember,
  'PUT /rooms/:room/members/:username/silence': 'rooms',
  'DELETE /rooms/:room/members/:username/silence': 'rooms',
  'POST /rooms': 'rooms',
  'PATCH /rooms/:room': 'rooms',
  'DELETE /rooms/:room': 'rooms',
  'POST /rooms/:room/invites': 'rooms',
  'GET /rooms/:room/invites': 'rooms',
  'DELETE /rooms/:room/invites/:id': 'rooms',
  'POST /rooms/:room/webhooks': 'rooms',
  'GET /rooms/:room/webhooks': 'rooms',
  'DELETE /rooms/:room/webhooks/:id': 'rooms',
}

/** Joining and leaving are the writer's own; members are the business of who looks after the room. */
function ofMember({ username }: Record<string, string>): Permit {
  return username === 'me' ? 'write' : 'rooms'
}

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

export function permitRoute(scope: Scope, route: string, params: Record<string, string>): void {
  if (scope.limitedTo === undefined) return
  const permit = Object.hasOwn(routePermits, route) ? routePermits[route]! : 'person'
  requireScope(scope.limitedTo, typeof permit === 'function' ? permit(params) : permit)
}

export function permitCommand({ limitedTo }: Scope, name: CommandName): void {
  if (limitedTo !== undefined) requireScope(limitedTo, commandPermits[name])
}

function requireScope(granted: readonly TokenScope[], permit: Permit): void {
  if (permit === 'person') throw new ChatError('token_not_allowed')
  if (granted.includes(permit)) return
  throw new ChatError('token_lacks_scope', { scope: permit })
}
