import { type Static, Type } from '@sinclair/typebox'

/** The limits of a server, told to every socket in `hello`. */
export const Limits = Type.Object({
  message_characters: Type.Integer({ description: 'Longest message, in UTF-16 code units.' }),
  frame_bytes: Type.Integer({ description: 'Largest frame or request body, in bytes.' }),
  rooms_per_socket: Type.Integer({ description: 'Most rooms one socket may subscribe to.' }),
  sockets_per_user: Type.Integer({ description: 'Most open sockets of one user on one node.' }),
  messages_per_second: Type.Number({ description: 'Sustained sends of one user; 0 means unlimited.' }),
  messages_burst: Type.Integer({ description: 'Sends that may come at once before the rate counts.' }),
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
  page: 100,
  replay_page: 500,
  replay_events: 10_000,
}

/** Milliseconds between pings of the server, and how long a socket may stay silent after one. */
export const pingIntervalMs = 25_000
export const pongTimeoutMs = 10_000

/** Messages in `room.ready`, and the default page of a history. */
export const recentMessages = 50
