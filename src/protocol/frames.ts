import { type Static, Type } from '@sinclair/typebox'
import { Arrangement } from './arrangements.ts'
import { Ref } from './commands.ts'
import { Community } from './community.ts'
import { ErrorCode, FieldError, Reason, RefusalParams } from './errors.ts'
import { durableEvents } from './events.ts'
import { Epoch } from './fields.ts'
import { Limits } from './limits.ts'
import { Message } from './messages.ts'
import { refusals } from './refusals.ts'
import { Room } from './rooms.ts'
import { User } from './users.ts'

export const Reply = Type.Object({
  type: Type.Literal('reply'),
  ref: Type.Optional(Ref),
  data: Type.Unknown(),
})

export const ErrorFrame = Type.Object(
  {
    type: Type.Literal('error'),
    ref: Type.Optional(Ref),
    code: ErrorCode,
    reason: Reason,
    params: Type.Optional(RefusalParams),
    message: Type.String({ description: 'The reason in English. It may change at any time.' }),
    errors: Type.Optional(Type.Array(FieldError)),
    retry_after_ms: Type.Optional(
      Type.Integer({ description: 'Milliseconds to wait before you try again.' }),
    ),
    id: Type.Optional(
      Type.String({ description: 'The id of this error in the server log (`internal` only).' }),
    ),
  },
  {
    $id: 'ErrorFrame',
    examples: [
      {
        type: 'error',
        ref: 1,
        code: 'forbidden',
        reason: 'room_archived',
        message: refusals.room_archived.message,
      },
    ],
  },
)
export type ErrorFrame = Static<typeof ErrorFrame>

/** The first frame on `/ws`. */
export const Hello = Type.Object(
  {
    type: Type.Literal('hello'),
    user: User,
    session: Type.String({ examples: ['01a1b2c3'], description: 'The id of your session.' }),
    ping_interval_ms: Type.Integer({
      examples: [25_000],
      description: 'Milliseconds between two `ping` frames.',
    }),
    limits: Limits,
    blocked: Type.Optional(
      Type.Array(Type.String(), {
        examples: [['eve']],
        description:
          'The usernames of people whom you have blocked, at most 1000: `unread` leaves out their messages. Not with an API token.',
      }),
    ),
    keywords: Type.Optional(
      Type.Array(Type.String(), {
        examples: [['harbour']],
        description: 'Your keywords: words that count as a mention of you. Absent if you have none.',
      }),
    ),
    arrangement: Type.Optional(Arrangement),
    retention_days: Type.Optional(
      Type.Integer({
        examples: [365],
        description:
          'Messages older than this many days are deleted in every room. A room may have less (`retention_days`). Absent: they are kept.',
      }),
    ),
    community: Type.Optional(Community),
    rooms: Type.Array(Type.Omit(Room, ['description', 'posting', 'created_at']), {
      description: 'The rooms that you are a member of. The room with the latest event comes first.',
    }),
    more: Type.Optional(
      Type.Literal(true, { description: 'There are more rooms than these: GET /rooms lists all.' }),
    ),
  },
  { $id: 'Hello' },
)
export type Hello = Static<typeof Hello>

/** The first frame on `/ws/{room}`. */
export const RoomReady = Type.Object(
  {
    type: Type.Literal('room.ready'),
    room: Type.String({ examples: ['general'] }),
    epoch: Epoch,
    head: Type.Integer({ examples: [3] }),
    user: User,
    members_online: Type.Integer({ examples: [2] }),
    messages: Type.Array(Message, { description: 'The latest 50, in ascending order.' }),
  },
  { $id: 'RoomReady' },
)
export type RoomReady = Static<typeof RoomReady>

/** The server sends it every `ping_interval_ms`, with the head of each subscribed room. A client notices that it has missed events. */
export const Ping = Type.Object(
  {
    type: Type.Literal('ping'),
    heads: Type.Record(Type.String(), Type.Object({ epoch: Epoch, seq: Type.Integer({ examples: [3] }) }), {
      examples: [{ general: { epoch: '1a88f3d2c4b5', seq: 3 } }],
    }),
  },
  // `Ping` is the command of a client.
  { $id: 'ServerPing' },
)
export type Ping = Static<typeof Ping>

/** The reply to `room.subscribe`. */
export const Subscribed = Type.Object(
  {
    room: Type.String({ examples: ['general'] }),
    epoch: Epoch,
    head: Type.Integer({ examples: [3] }),
    mode: Type.Union([Type.Literal('live'), Type.Literal('replay'), Type.Literal('reset')]),
    events: Type.Optional(Type.Array(Type.Union(Object.values(durableEvents)))),
    more: Type.Optional(
      Type.Boolean({
        description: 'There are more: subscribe again with the last `seq`. Live events follow the last page.',
      }),
    ),
    messages: Type.Optional(Type.Array(Message)),
  },
  { $id: 'Subscribed' },
)
export type Subscribed = Static<typeof Subscribed>

/** A page of the log, over HTTP. */
export const LogPage = Type.Object(
  {
    epoch: Epoch,
    head: Type.Integer({ examples: [4] }),
    items: Type.Array(Type.Union(Object.values(durableEvents))),
    next: Type.Optional(Type.Integer({ examples: [4], description: 'The `since` of the next page.' })),
    damaged: Type.Optional(
      Type.Literal(true, {
        description: 'Events are missing from what is stored: the database was changed.',
      }),
    ),
  },
  { $id: 'LogPage' },
)
export type LogPage = Static<typeof LogPage>
