import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox'
import { Epoch, RoomRole, Time } from './fields.ts'
import { Message } from './messages.ts'
import { Room, RoomChange, RoomInvitation } from './rooms.ts'
import { User } from './users.ts'

const durable = <Name extends string, Fields extends TProperties>(type: Name, fields: Fields) =>
  Type.Object({
    type: Type.Literal(type),
    room: Type.String(),
    epoch: Epoch,
    seq: Type.Integer({ description: 'The number of this event in the log of the room.' }),
    at: Time,
    actor: Type.String({ description: 'The username of the person who did it.' }),
    ...fields,
  })

/** An event that is not about a message. A damaged message has its own field. */
const noted = <Name extends string, Fields extends TProperties>(type: Name, fields: Fields) =>
  durable(type, {
    ...fields,
    damaged: Type.Optional(
      Type.Literal(true, { description: 'The stored event was changed in the database.' }),
    ),
  })

const target = Type.Integer({ description: 'The `seq` of the message.' })
const member = { username: Type.String(), role: RoomRole }

/** The durable events. Each is stored in the room's log and has a `seq`. */
export const durableEvents = {
  'message.created': durable('message.created', { message: Message }),
  'message.edited': durable('message.edited', { message: Message }),
  'message.deleted': durable('message.deleted', { message: Message }),
  'reaction.added': noted('reaction.added', { target, emoji: Type.String() }),
  'reaction.removed': noted('reaction.removed', { target, emoji: Type.String() }),
  'pin.added': noted('pin.added', { target }),
  'pin.removed': noted('pin.removed', { target }),
  'member.joined': noted('member.joined', member),
  'member.left': noted('member.left', member),
  'member.updated': noted('member.updated', member),
  'room.updated': noted('room.updated', { changed: RoomChange }),
} as const

const status = Type.Union([Type.Literal('online'), Type.Literal('offline')])
const fleeting = <Name extends string, Fields extends TProperties>(type: Name, fields: Fields) =>
  Type.Object({ type: Type.Literal(type), ...fields })

/** Without a `seq` and not stored. A slow socket loses these first. */
export const ephemeralEvents = {
  'presence.changed': fleeting('presence.changed', { room: Type.String(), username: Type.String(), status }),
  'typing.changed': fleeting('typing.changed', {
    room: Type.String(),
    username: Type.String(),
    typing: Type.Boolean(),
  }),
  'receipt.changed': fleeting('receipt.changed', {
    room: Type.String(),
    username: Type.String(),
    delivered_seq: Type.Integer(),
    read_seq: Type.Integer(),
  }),
} as const

/** Sent to all sockets of one user. */
export const userEvents = {
  'room.opened': fleeting('room.opened', { room: Room }),
  'room.invited': fleeting('room.invited', RoomInvitation.properties),
  'room.closed': fleeting('room.closed', {
    room: Type.String(),
    reason: Type.Union([Type.Literal('left'), Type.Literal('removed'), Type.Literal('deleted')]),
  }),
  'read.changed': fleeting('read.changed', {
    room: Type.String(),
    read_seq: Type.Integer(),
    unread: Type.Integer(),
  }),
  'mention.created': fleeting('mention.created', {
    room: Type.String(),
    seq: Type.Integer({ description: 'The `seq` of the message.' }),
    actor: Type.String(),
  }),
  'silence.changed': fleeting('silence.changed', {
    room: Type.String(),
    username: Type.String(),
    until: Type.Optional(Time),
  }),
  'user.updated': fleeting('user.updated', { user: User }),
  'session.ending': fleeting('session.ending', { reason: Type.String() }),
} as const

type Of<Table extends Record<string, TObject>> = { [Name in keyof Table]: Static<Table[Name]> }

export type DurableEvent = Of<typeof durableEvents>[keyof typeof durableEvents]
export type EphemeralEvent = Of<typeof ephemeralEvents>[keyof typeof ephemeralEvents]
export type UserEvent = Of<typeof userEvents>[keyof typeof userEvents]
export type Event = DurableEvent | EphemeralEvent | UserEvent
export type DurableKind = keyof typeof durableEvents
