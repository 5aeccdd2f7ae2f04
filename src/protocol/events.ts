import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox'
import { Arrangement } from './arrangements.ts'
import { Community } from './community.ts'
import { Epoch, RoomRole, Time } from './fields.ts'
import { RoomInvitation } from './invitations.ts'
import { Keywords } from './keywords.ts'
import { aMessage, Message, Thread } from './messages.ts'
import { nameOfType } from './names.ts'
import { Preview } from './previews.ts'
import { CustomStatus } from './profile.ts'
import { OpenReports } from './reports.ts'
import { Notify, Room, RoomChange } from './rooms.ts'
import { SavedMark } from './saved.ts'
import { ThreadMark } from './threads.ts'
import { Author, BanFields, User } from './users.ts'

const durable = <Name extends string, Fields extends TProperties>(
  type: Name,
  fields: Fields,
  options: { examples?: object[] } = {},
) =>
  Type.Object(
    {
      type: Type.Literal(type),
      room: Type.String({ examples: ['general'] }),
      epoch: Epoch,
      seq: Type.Integer({ examples: [4], description: 'The number of this event in the log of the room.' }),
      at: Time,
      actor: Type.String({ examples: ['ben'], description: 'The username of the person who did it.' }),
      ...fields,
    },
    { $id: nameOfType(type), ...options },
  )

/** An event that is not about a message. A damaged message has its own field. */
const noted = <Name extends string, Fields extends TProperties>(type: Name, fields: Fields) =>
  durable(type, {
    ...fields,
    damaged: Type.Optional(
      Type.Literal(true, { description: 'The stored event was changed in the database.' }),
    ),
  })

const target = Type.Integer({ examples: [3], description: 'The `seq` of the message.' })
const username = Type.String({ examples: ['cleo'] })
const member = { username, role: RoomRole }
const room = Type.String({ examples: ['general'] })
const anEmoji = Type.String({ examples: ['🎉'] })

const ofMessage = (type: string, message: object) => ({
  examples: [
    {
      type,
      room: 'general',
      epoch: '1a88f3d2c4b5',
      seq: 4,
      at: '2026-11-20T19:45:00.000Z',
      actor: 'ben',
      message: { ...aMessage, ...message },
    },
  ],
})

/** Without the name: as a request, the same fields refuse unknown ones. */
const changed = Type.Object(
  {
    ...RoomChange.properties,
    avatar: Type.Optional(
      Type.Union([Type.String(), Type.Null()], {
        description: 'The address of the new picture of the room; `null`: it has none any more.',
      }),
    ),
  },
  { examples: [{ title: 'The harbour' }] },
)

/** The durable events. Each is stored in the room's log and has a `seq`. */
export const durableEvents = {
  'message.created': durable('message.created', { message: Message }),
  'message.edited': durable(
    'message.edited',
    { message: Message },
    ofMessage('message.edited', {
      content: 'Is the harbour open today?',
      edited_at: '2026-11-20T19:45:00.000Z',
    }),
  ),
  'message.deleted': durable(
    'message.deleted',
    { message: Message, thread: Type.Optional(Thread) },
    ofMessage('message.deleted', { content: '', deleted_at: '2026-11-20T19:45:00.000Z', reactions: [] }),
  ),
  'reaction.added': noted('reaction.added', { target, emoji: anEmoji }),
  'reaction.removed': noted('reaction.removed', { target, emoji: anEmoji }),
  'pin.added': noted('pin.added', { target }),
  'pin.removed': noted('pin.removed', { target }),
  'member.joined': noted('member.joined', member),
  'member.left': noted('member.left', member),
  'member.updated': noted('member.updated', member),
  'room.updated': noted('room.updated', { changed }),
} as const

const fleeting = <Name extends string, Fields extends TProperties>(type: Name, fields: Fields) =>
  Type.Object({ type: Type.Literal(type), ...fields }, { $id: nameOfType(type) })

/** Without a `seq` and not stored. A slow socket loses these first. */
export const ephemeralEvents = {
  'presence.changed': fleeting('presence.changed', {
    room,
    online: Type.Optional(Type.Array(username, { description: 'Who came online, by username.' })),
    offline: Type.Optional(Type.Array(username, { description: 'Who went offline, by username.' })),
    count: Type.Integer({ examples: [2], description: 'How many people are online in the room now.' }),
    username: Type.Optional(
      Type.String({ examples: ['cleo'], description: 'Deprecated: only if exactly one person changed.' }),
    ),
    status: Type.Optional(
      Type.Union([Type.Literal('online'), Type.Literal('offline')], {
        description: 'Deprecated: of that person.',
      }),
    ),
  }),
  'typing.changed': fleeting('typing.changed', {
    room,
    username,
    typing: Type.Boolean(),
  }),
  'profile.changed': fleeting('profile.changed', {
    room,
    ...Author.properties,
    custom_status: Type.Optional(CustomStatus),
  }),
  'preview.changed': fleeting('preview.changed', {
    room,
    seq: Type.Integer({ examples: [3], description: 'The `seq` of the message.' }),
    previews: Type.Array(Preview, { description: 'All that the message has now.' }),
  }),
  'receipt.changed': fleeting('receipt.changed', {
    room,
    username,
    delivered_seq: Type.Integer({ examples: [3] }),
    read_seq: Type.Integer({ examples: [2] }),
  }),
} as const

/** Sent to all sockets of one user. */
export const userEvents = {
  'room.opened': fleeting('room.opened', { room: Room }),
  'room.invited': fleeting('room.invited', RoomInvitation.properties),
  'room.closed': fleeting('room.closed', {
    room,
    reason: Type.Union([Type.Literal('left'), Type.Literal('removed'), Type.Literal('deleted')]),
  }),
  'read.changed': fleeting('read.changed', {
    room,
    read_seq: Type.Integer({ examples: [3] }),
    unread: Type.Integer({ examples: [0] }),
    mentions: Type.Optional(
      Type.Integer({ examples: [0], description: 'How many messages after `read_seq` mean the user.' }),
    ),
    head: Type.Integer({ examples: [3], description: 'The `seq` up to which both are counted.' }),
    moved_back: Type.Optional(
      Type.Boolean({
        description: 'The user has marked messages as unread: the mark is further back than before.',
      }),
    ),
  }),
  'favourite.changed': fleeting('favourite.changed', {
    room,
    favourite: Type.Boolean({ examples: [true] }),
  }),
  'notify.changed': fleeting('notify.changed', {
    room,
    notify: Notify,
    muted_until: Type.Optional(Time),
  }),
  'mention.created': fleeting('mention.created', {
    room,
    seq: Type.Integer({ examples: [3], description: 'The `seq` of the message.' }),
    actor: Type.String({ examples: ['ben'] }),
    kind: Type.Optional(
      Type.Union([Type.Literal('room'), Type.Literal('word')], {
        description:
          '`room`: it means everybody, and goes to all who listen to the room, the author too. `word`: it has a keyword of the user. Absent: it has the name of the user.',
      }),
    ),
    edit: Type.Optional(
      Type.Integer({ examples: [4], description: 'The `seq` of the edit that mentions them.' }),
    ),
  }),
  'mention.deleted': fleeting('mention.deleted', {
    room,
    seq: Type.Integer({ examples: [3], description: 'The `seq` of the message.' }),
  }),
  'thread.replied': fleeting('thread.replied', {
    room,
    seq: Type.Integer({
      examples: [3],
      description: 'The `seq` of the message that the thread begins with.',
    }),
    reply: Type.Integer({ examples: [5], description: 'The `seq` of the reply.' }),
    actor: Type.String({ examples: ['ben'] }),
  }),
  'thread.changed': fleeting('thread.changed', ThreadMark.properties),
  'saved.changed': fleeting('saved.changed', SavedMark.properties),
  'section.changed': fleeting('section.changed', {
    room,
    section: Type.Optional(
      Type.String({ description: 'The id of the section; absent: the room is in none.' }),
    ),
  }),
  'arrangement.changed': fleeting('arrangement.changed', Arrangement.properties),
  'keywords.changed': fleeting('keywords.changed', Keywords.properties),
  'silence.changed': fleeting('silence.changed', {
    room,
    username,
    until: Type.Optional(Time),
  }),
  'reports.changed': fleeting('reports.changed', { open: OpenReports }),
  'community.changed': fleeting('community.changed', { community: Community }),
  'user.updated': fleeting('user.updated', { user: User }),
  'session.ending': fleeting('session.ending', {
    reason: Type.String({ examples: ['token_expired'] }),
    ...BanFields,
  }),
} as const

type Of<Table extends Record<string, TObject>> = { [Name in keyof Table]: Static<Table[Name]> }

export type DurableEvent = Of<typeof durableEvents>[keyof typeof durableEvents]
export type EphemeralEvent = Of<typeof ephemeralEvents>[keyof typeof ephemeralEvents]
export type UserEvent = Of<typeof userEvents>[keyof typeof userEvents]
export type Event = DurableEvent | EphemeralEvent | UserEvent
export type DurableKind = keyof typeof durableEvents
