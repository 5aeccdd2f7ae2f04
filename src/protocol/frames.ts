import { type Static, Type } from '@sinclair/typebox'
import { Ref } from './commands.ts'
import { ErrorCode, FieldError, Reason, RefusalParams } from './errors.ts'
import { durableEvents } from './events.ts'
import { Epoch } from './fields.ts'
import { Limits } from './limits.ts'
import { Message } from './messages.ts'
import { Room } from './rooms.ts'
import { User } from './users.ts'

export const Reply = Type.Object({
  type: Type.Literal('reply'),
  ref: Type.Optional(Ref),
  data: Type.Unknown(),
})

export const ErrorFrame = Type.Object({
  type: Type.Literal('error'),
  ref: Type.Optional(Ref),
  code: ErrorCode,
  reason: Reason,
  params: Type.Optional(RefusalParams),
  message: Type.String({ description: 'The reason in English; it may change at any time.' }),
  errors: Type.Optional(Type.Array(FieldError)),
  retry_after_ms: Type.Optional(Type.Integer()),
  id: Type.Optional(Type.String()),
})
export type ErrorFrame = Static<typeof ErrorFrame>

/** First frame on `/ws`. */
export const Hello = Type.Object({
  type: Type.Literal('hello'),
  user: User,
  session: Type.String(),
  ping_interval_ms: Type.Integer(),
  limits: Limits,
  rooms: Type.Array(Type.Omit(Room, ['description', 'posting', 'created_at'])),
})
export type Hello = Static<typeof Hello>

/** First frame on `/ws/{room}`. */
export const RoomReady = Type.Object({
  type: Type.Literal('room.ready'),
  room: Type.String(),
  epoch: Epoch,
  head: Type.Integer(),
  user: User,
  members_online: Type.Integer(),
  messages: Type.Array(Message, { description: 'The last 50, ascending.' }),
})
export type RoomReady = Static<typeof RoomReady>

/** Sent every `ping_interval_ms` with the head of each subscribed room, so that a client can find missing events. */
export const Ping = Type.Object({
  type: Type.Literal('ping'),
  heads: Type.Record(Type.String(), Type.Object({ epoch: Epoch, seq: Type.Integer() })),
})
export type Ping = Static<typeof Ping>

/** The reply to `room.subscribe`. */
export const Subscribed = Type.Object({
  room: Type.String(),
  epoch: Epoch,
  head: Type.Integer(),
  mode: Type.Union([Type.Literal('live'), Type.Literal('replay'), Type.Literal('reset')]),
  events: Type.Optional(Type.Array(Type.Union(Object.values(durableEvents)))),
  more: Type.Optional(
    Type.Boolean({
      description: 'Subscribe again with the last seq; live events start after the last page.',
    }),
  ),
  messages: Type.Optional(Type.Array(Message)),
})
export type Subscribed = Static<typeof Subscribed>

/** A page of the log over REST. */
export const LogPage = Type.Object({
  epoch: Epoch,
  head: Type.Integer(),
  items: Type.Array(Type.Union(Object.values(durableEvents))),
  next: Type.Optional(Type.Integer({ description: 'The `since` of the next page.' })),
})
export type LogPage = Static<typeof LogPage>
