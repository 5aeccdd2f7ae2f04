import type { CommandName } from './commands.ts'
import type { Limits } from './limits.ts'

/**
 * What a request or command costs. Each user has one budget of each kind, for both doors and for all their sockets and
 * API tokens; `account` is one for each session, so that a copied session cannot keep its user from ending it.
 */
export type Budget =
  /** A message that is sent. */
  | 'message'
  /** Any other change. */
  | 'write'
  | 'read'
  /** Something that stays: a room, a member added, an invite, a token, a ticket, a webhook, a block. */
  | 'create'
  /** Opening a socket, hearing a room. A client that comes back asks for each of its rooms at once. */
  | 'subscribe'
  /** Something that is not stored: typing, ping. */
  | 'signal'
  /** What a user does to be safe: end sessions, change the password, revoke a token. */
  | 'account'

/** The types see to it that no command is missing; the routes have theirs in their own table. */
export const commandBudgets: Record<CommandName, Budget> = {
  'room.subscribe': 'subscribe',
  'room.unsubscribe': 'signal',
  'room.join': 'write',
  'room.leave': 'write',
  'message.send': 'message',
  'message.edit': 'write',
  'message.delete': 'write',
  'message.list': 'read',
  'reaction.add': 'write',
  'reaction.remove': 'write',
  'pin.add': 'write',
  'pin.remove': 'write',
  'read.mark': 'write',
  'typing.start': 'signal',
  'presence.list': 'read',
  'direct.open': 'create',
  'session.renew': 'signal',
  ping: 'signal',
}

type Each = { perSecond: number; burst: number }

export const budgetsOf = (limits: Limits): Record<Budget, Each> => ({
  message: { perSecond: limits.messages_per_second, burst: limits.messages_burst },
  write: { perSecond: limits.writes_per_second, burst: limits.writes_burst },
  read: { perSecond: limits.reads_per_second, burst: limits.reads_burst },
  create: { perSecond: limits.creations_per_minute / 60, burst: limits.creations_burst },
  subscribe: { perSecond: limits.subscriptions_per_second, burst: limits.subscriptions_burst },
  signal: { perSecond: limits.signals_per_second, burst: limits.signals_burst },
  account: { perSecond: 1, burst: 60 },
})
