import type { Params } from '../protocol/commands.ts'
import { ChatError } from '../protocol/errors.ts'
import type { Scope } from '../scope.ts'
import type { Connection } from './connection.ts'
import type { Handler } from './inbox.ts'
import type { OwnCommand } from './ports.ts'
import type { Encoded } from './replies.ts'
import { subscribe } from './subscribe.ts'

type Own = {
  [Name in OwnCommand]: {
    run(scope: Scope, params: Params<Name>, reply: (reply: Encoded) => void, connection: Connection): unknown
  }
}

/** One table for all connections: each would cost half a kilobyte of memory. */
const own: Own = {
  'room.subscribe': { run: (_scope, params, reply, connection) => subscribe(connection, params, reply) },
  'room.unsubscribe': {
    async run(scope, { room: id }, _reply, connection) {
      const room = await connection.ports.gate(scope, id)
      connection.leave(room.key)
      return { room: room.id }
    },
  },
  'session.renew': {
    async run(scope, { token }, _reply, connection) {
      const identity = await connection.ports.renew(token)
      if (identity.scope.actor.id !== scope.actor.id || identity.scope.session !== scope.session) {
        throw new ChatError('other_session')
      }
      connection.expiresAt = identity.expiresAt
      connection.warnedOfExpiry = false
      return { expires_at: new Date(identity.expiresAt).toISOString() }
    },
  },
  ping: { run: () => ({}) },
}

export const ownCommands = own as Record<string, Handler | undefined>
