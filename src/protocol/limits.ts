import { type Static, Type } from '@sinclair/typebox'

/** The limits of a server. It sends them to every socket in `hello`. */
export const Limits = Type.Object({
  message_characters: Type.Integer({ description: 'Longest message, in UTF-16 code units.' }),
  frame_bytes: Type.Integer({ description: 'Largest frame or request body, in bytes.' }),
  rooms_per_socket: Type.Integer({ description: 'Most rooms one socket may subscribe to.' }),
  sockets_per_user: Type.Integer({ description: 'Most open sockets of one user on one node.' }),
  messages_per_second: Type.Number({ description: 'Sustained sends of one user; 0 means unlimited.' }),
  messages_burst: Type.Integer({ description: 'Sends that may come at once before the rate counts.' }),
  writes_per_second: Type.Number({
    description:
      'Sustained changes of one user, messages not counted: edits, reactions, pins, joins …; 0 means unlimited.',
  }),
  writes_burst: Type.Integer({ description: 'Changes that may come at once before the rate counts.' }),
  reads_per_second: Type.Number({
    description: 'Sustained pages, lists and other reads of one user; 0 means unlimited.',
  }),
  reads_burst: Type.Integer({ description: 'Reads that may come at once before the rate counts.' }),
  creations_per_minute: Type.Number({
    description:
      'Sustained creations of one user: rooms, members added, invites, tokens, tickets, webhooks, blocks; 0 means unlimited.',
  }),
  creations_burst: Type.Integer({ description: 'Creations that may come at once before the rate counts.' }),
  subscriptions_per_second: Type.Number({
    description: 'Sustained `room.subscribe` and new sockets of one user; 0 means unlimited.',
  }),
  subscriptions_burst: Type.Integer({
    description: 'Subscriptions that may come at once before the rate counts.',
  }),
  signals_per_second: Type.Number({
    description: 'Sustained `typing.start`, `ping` and the like of one user; 0 means unlimited.',
  }),
  signals_burst: Type.Integer({ description: 'Signals that may come at once before the rate counts.' }),
  tickets_per_user: Type.Integer({
    description: 'Most unused tickets of one user: a newer one replaces the oldest of their own.',
  }),
  page: Type.Integer({ description: 'Most items on a page of a list.' }),
  replay_page: Type.Integer({ description: 'Most events in one page of a replay.' }),
  replay_events: Type.Integer({ description: 'Furthest a socket may be behind before it gets `reset`.' }),
})
export type Limits = Static<typeof Limits>

export const defaultLimits: Limits = {
  message_characters: 8000,
  frame_bytes: 65_536,
  rooms_per_socket: 500,
  sockets_per_user: 20,
  messages_per_second: 20,
  messages_burst: 40,
  writes_per_second: 20,
  writes_burst: 60,
  reads_per_second: 30,
  reads_burst: 200,
  creations_per_minute: 30,
  creations_burst: 100,
  subscriptions_per_second: 50,
  subscriptions_burst: 1000,
  signals_per_second: 20,
  signals_burst: 100,
  tickets_per_user: 10,
  page: 100,
  replay_page: 500,
  replay_events: 10_000,
}

/** With RATE_LIMITS=off: how often is unlimited, how much is not. */
export const unhurriedLimits: Limits = {
  ...defaultLimits,
  messages_per_second: 0,
  writes_per_second: 0,
  reads_per_second: 0,
  creations_per_minute: 0,
  subscriptions_per_second: 0,
  signals_per_second: 0,
}

/** Milliseconds between pings of the server, and how long a socket may stay silent after one. */
export const pingIntervalMs = 25_000
export const pongTimeoutMs = 10_000

/** Messages in `room.ready`, and the default page of a history. */
export const recentMessages = 50
