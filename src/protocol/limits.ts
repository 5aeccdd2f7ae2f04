import { type Static, type TObject, Type } from '@sinclair/typebox'

const fields = {
  message_characters: Type.Integer({ description: 'Maximum length of a message, in UTF-16 code units.' }),
  frame_bytes: Type.Integer({ description: 'Maximum size of a frame or request body, in bytes.' }),
  file_bytes: Type.Integer({ description: 'Maximum size of a file, in bytes.' }),
  files_per_user: Type.Integer({
    description: 'Maximum size of all files of one user together, in bytes. Each counts at least 4 KB.',
  }),
  rooms_per_socket: Type.Integer({ description: 'Maximum number of rooms that a socket can subscribe to.' }),
  sockets_per_user: Type.Integer({ description: 'Maximum number of open sockets of one user on one node.' }),
  messages_per_second: Type.Number({
    description: 'Messages that one user can send per second, on average. 0 means no limit.',
  }),
  messages_burst: Type.Integer({
    description: 'Messages that one user can send at once before the rate applies.',
  }),
  writes_per_second: Type.Number({
    description:
      'Changes by one user per second, on average, except new messages: edits, reactions, pins, joins … 0 means no limit.',
  }),
  writes_burst: Type.Integer({
    description: 'Changes that one user can make at once before the rate applies.',
  }),
  reads_per_second: Type.Number({
    description: 'Pages, lists and other reads by one user per second, on average. 0 means no limit.',
  }),
  reads_burst: Type.Integer({ description: 'Reads that one user can make at once before the rate applies.' }),
  searches_per_second: Type.Number({
    description: 'Searches by one user per second, on average. 0 means no limit.',
  }),
  searches_burst: Type.Integer({
    description: 'Searches that one user can make at once before the rate applies.',
  }),
  creations_per_minute: Type.Number({
    description:
      'Rooms, added members, invites, tokens, tickets, webhooks, blocks, reports and files by one user per minute, on average. 0 means no limit.',
  }),
  creations_burst: Type.Integer({
    description: 'Creations that one user can make at once before the rate applies.',
  }),
  subscriptions_per_second: Type.Number({
    description: '`room.subscribe` and new sockets of one user per second, on average. 0 means no limit.',
  }),
  subscriptions_burst: Type.Integer({
    description: 'Subscriptions that one user can make at once before the rate applies.',
  }),
  signals_per_second: Type.Number({
    description:
      '`typing.start`, `ping` and similar commands of one user per second, on average. 0 means no limit.',
  }),
  signals_burst: Type.Integer({
    description: 'Such commands that one user can send at once before the rate applies.',
  }),
  tickets_per_user: Type.Integer({
    description: 'Maximum number of unused tickets of one user. A new one replaces the oldest.',
  }),
  previews_per_message: Type.Integer({
    description:
      'How many links of a message get a preview. 0: this server fetches nothing of what people link to.',
  }),
  page: Type.Integer({ description: 'Maximum number of items on a page of a list.' }),
  replay_page: Type.Integer({ description: 'Maximum number of events on a page of a replay.' }),
  replay_events: Type.Integer({
    description:
      'Maximum number of events that a client can be behind. Beyond it the server replies with `reset`.',
  }),
}
export type Limits = Static<TObject<typeof fields>>

export const defaultLimits: Limits = {
  message_characters: 8000,
  frame_bytes: 65_536,
  file_bytes: 25_000_000,
  files_per_user: 1_000_000_000,
  rooms_per_socket: 500,
  sockets_per_user: 20,
  messages_per_second: 20,
  messages_burst: 40,
  writes_per_second: 20,
  writes_burst: 60,
  reads_per_second: 30,
  reads_burst: 200,
  searches_per_second: 5,
  searches_burst: 40,
  creations_per_minute: 30,
  creations_burst: 100,
  subscriptions_per_second: 50,
  subscriptions_burst: 1000,
  signals_per_second: 20,
  signals_burst: 100,
  tickets_per_user: 10,
  previews_per_message: 0,
  page: 100,
  replay_page: 500,
  replay_events: 10_000,
}

/** The limits of a server. It sends them to every socket in `hello`. */
export const Limits = Type.Object(fields, { $id: 'Limits', examples: [defaultLimits] })

/** With RATE_LIMITS=off: no limit on how often, but on how much. */
export const limitsWithoutRates: Limits = {
  ...defaultLimits,
  messages_per_second: 0,
  writes_per_second: 0,
  reads_per_second: 0,
  searches_per_second: 0,
  creations_per_minute: 0,
  subscriptions_per_second: 0,
  signals_per_second: 0,
}

/** Milliseconds between two pings of the server, and how long it then waits for the pong. */
export const pingIntervalMs = 25_000
/** About as many as can be greeted before clients give up. */
export const mostGreetings = 10_000
export const pongTimeoutMs = 10_000
/** A person who is looking at a message has read it by then; the others get a push message. */
export const pushAfterMs = 1000
/** Between two pushes about one room to one device, by what they are about. */
export const pushPauseMs = { direct: 5000, mention: 5000, all: 60_000 }
/** Before a failed push is tried again; each further pause is four times as long. */
export const pushRetryMs = 5000

/** While the bus is away: how often a node reads again what it has in memory, and after how long without it delivers nothing. */
export const distrustEveryMs = 5_000
export const mostUncheckedMs = 30_000

/** With PREVIEWS=on. */
export const previewsPerMessage = 3
/** The longest time for a page that a message links to, with its redirects, and again for its picture. */
export const previewTimeoutMs = 10_000

/** Messages in `room.ready`, and the default page of a history. */
export const recentMessages = 50
