import type { Limits } from './limits.ts'

/**
 * The kinds of requests and commands. Each user has one budget of each kind, for both doors and for all their sockets and
 * API tokens. Each session has its own `account` budget, so that a copied session cannot keep the user from ending it.
 */
export type Budget =
  /** Sending a message. */
  | 'message'
  /** Any other change. */
  | 'write'
  | 'read'
  /** Searching messages, which costs more than other reads. A page that searches as one types asks some times a second. */
  | 'search'
  /** Creating something that stays: a room, a member, an invite, a token, a ticket, a webhook, a block, a report, a file. */
  | 'create'
  /** Opening a socket, subscribing to a room. A client that connects again subscribes to all its rooms at once. */
  | 'subscribe'
  /** Something that is not stored: typing, ping. */
  | 'signal'
  /** Taking everything of a person or a room out. */
  | 'export'
  /** Protecting the account: end sessions, change the password, revoke a token. */
  | 'account'

type Each = { perSecond: number; burst: number }

export const budgetsOf = (limits: Limits): Record<Budget, Each> => ({
  message: { perSecond: limits.messages_per_second, burst: limits.messages_burst },
  write: { perSecond: limits.writes_per_second, burst: limits.writes_burst },
  read: { perSecond: limits.reads_per_second, burst: limits.reads_burst },
  search: { perSecond: limits.searches_per_second, burst: limits.searches_burst },
  create: { perSecond: limits.creations_per_minute / 60, burst: limits.creations_burst },
  subscribe: { perSecond: limits.subscriptions_per_second, burst: limits.subscriptions_burst },
  signal: { perSecond: limits.signals_per_second, burst: limits.signals_burst },
  export: { perSecond: 6 / 3600, burst: 6 },
  account: { perSecond: 1, burst: 60 },
})
