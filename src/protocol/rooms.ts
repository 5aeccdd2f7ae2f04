import { type Static, Type } from '@sinclair/typebox'
import {
  Access,
  Description,
  Epoch,
  Position,
  Posting,
  RoomAddress,
  RoomId,
  RoomRole,
  Time,
  Title,
} from './fields.ts'
import { Avatar } from './files.ts'
import { CustomStatus } from './profile.ts'

const closed = { additionalProperties: false }

export const Notify = Type.Union([Type.Literal('all'), Type.Literal('mentions'), Type.Literal('nothing')], {
  examples: ['mentions'],
  description: 'What this room notifies you about.',
})

const MentionRoom = Type.Union([Type.Literal('members'), Type.Literal('moderators')], {
  examples: ['moderators'],
  description:
    'Who may mention everybody with `@room` and `@here`. Absent: all members. Written by others, they are only text.',
})

const silencedUntil = (subject: string, recipients = '') =>
  Type.Optional(
    Type.String({
      format: 'date-time',
      description: `${subject} can read but not write until this time. A past time has no effect.${recipients}`,
    }),
  )

export const Room = Type.Object(
  {
    id: Type.String({ examples: ['general'] }),
    title: Type.String({
      examples: ['General'],
      description: 'In a direct room: the display names of the others.',
    }),
    description: Type.String({ examples: ['For everyone'] }),
    avatar: Type.Optional(Avatar('its (in a direct room of two: the other person’s)')),
    access: Access,
    posting: Posting,
    epoch: Epoch,
    head: Type.Integer({ examples: [3], description: 'The last `seq` of the log; 0 if it is empty.' }),
    created_at: Time,
    slow_seconds: Type.Optional(
      Type.Integer({ description: 'Slow mode: seconds that a member must wait between two messages.' }),
    ),
    retention_days: Type.Optional(
      Type.Integer({
        examples: [30],
        description:
          'Messages older than this many days are deleted. Absent: as the server says (`hello.retention_days`). The shorter time counts.',
      }),
    ),
    mention_room: Type.Optional(MentionRoom),
    archived: Type.Optional(Type.Boolean({ description: 'Whether the room is read-only.' })),
    people: Type.Optional(
      Type.Array(Type.String(), { description: 'Direct rooms only: the usernames of everyone in it.' }),
    ),
    custom_status: Type.Optional(CustomStatus),
    role: Type.Optional(RoomRole),
    silenced_until: silencedUntil('You'),
    notify: Type.Optional(Notify),
    muted_until: Type.Optional(
      Type.String({
        format: 'date-time',
        description:
          'The room notifies you about nothing until this time, whatever `notify` says. A past time has no effect.',
      }),
    ),
    favourite: Type.Optional(
      Type.Boolean({ description: 'Whether you have marked the room as a favourite. Absent: not.' }),
    ),
    section: Type.Optional(
      Type.String({ description: 'The id of your section that the room is in. Absent: in none.' }),
    ),
    last_at: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'When the room was used last: the time of its last event, or of its creation.',
      }),
    ),
    read_seq: Type.Optional(
      Type.Integer({ examples: [1], description: 'The `seq` up to which you have read. Members only.' }),
    ),
    unread: Type.Optional(
      Type.Integer({
        examples: [2],
        description:
          'How many of the first 500 events after `read_seq` are messages by others whom you have not blocked. Members only.',
      }),
    ),
    mentions: Type.Optional(
      Type.Integer({
        examples: [1],
        description:
          'How many messages after `read_seq` mean you, by your name or with `@room` or `@here`, by others whom you have not blocked; 500 at most. Members only.',
      }),
    ),
  },
  { $id: 'Room', description: 'Without `role`, you are not a member.' },
)
export type Room = Static<typeof Room>

export const RoomPage = Type.Object(
  { items: Type.Array(Room), next: Type.Optional(Type.String({ examples: ['0.1764338400000000.general'] })) },
  { $id: 'RoomPage' },
)

/** A new room. The SDK publishes this type under this name. */
export const NewRoom = Type.Object(
  {
    id: Type.Optional(RoomId),
    title: Type.Optional(Title),
    description: Type.Optional(Description),
    access: Type.Optional(Access),
    posting: Type.Optional(Posting),
  },
  { $id: 'NewRoom', ...closed },
)
export type NewRoom = Static<typeof NewRoom>

export const RoomChange = Type.Object(
  {
    title: Type.Optional(Title),
    description: Type.Optional(Description),
    access: Type.Optional(
      Type.Union([Type.Literal('open'), Type.Literal('closed')], {
        examples: ['closed'],
        description:
          'closed: the room is no longer listed for others, and keeps its members, its id, its invite links and its invitations · open: anyone signed in can find it, join and read all of its history.',
      }),
    ),
    posting: Type.Optional(Posting),
    slow_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3600,
        examples: [10],
        description: 'Slow mode, in seconds. 0 turns it off.',
      }),
    ),
    mention_room: Type.Optional(MentionRoom),
    archived: Type.Optional(Type.Boolean({ description: 'Makes the room read-only, or ends that.' })),
    retention_days: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 36_500,
        examples: [30],
        description:
          'Messages older than this many days are deleted. 0: as the server says. It cannot be longer than that.',
      }),
    ),
  },
  { $id: 'RoomChange', ...closed, minProperties: 1 },
)
export type RoomChange = Static<typeof RoomChange>

export const Member = Type.Object(
  {
    username: Type.String({ examples: ['ben'] }),
    display_name: Type.String({ examples: ['Ben'] }),
    avatar: Type.Optional(Avatar('their')),
    role: RoomRole,
    status: Type.Union([Type.Literal('online'), Type.Literal('offline')]),
    custom_status: Type.Optional(CustomStatus),
    joined_at: Time,
    silenced_until: silencedUntil('The member', ' Only moderators and the member get this field.'),
    read_seq: Type.Optional(
      Type.Integer({ description: 'The `seq` up to which they have read. Direct rooms only.' }),
    ),
    delivered_seq: Type.Optional(
      Type.Integer({ description: 'The `seq` up to which they have received. Direct rooms only.' }),
    ),
  },
  { $id: 'Member' },
)
export type Member = Static<typeof Member>

export const MemberPage = Type.Object(
  { items: Type.Array(Member), next: Type.Optional(Type.String({ examples: ['ben'] })) },
  { $id: 'MemberPage' },
)

export const MemberChange = Type.Object({ role: Type.Optional(RoomRole) }, { $id: 'MemberChange', ...closed })

export const RoomPath = Type.Object({ room: RoomAddress })

export const NamePage = Type.Object(
  {
    after: Type.Optional(Type.String({ maxLength: 128, description: '`next` of the previous page.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 100 by default.' }),
    ),
  },
  closed,
)

export const ReadMark = Type.Object(
  {
    seq: Position,
    unread: Type.Optional(
      Type.Boolean({
        description: 'Messages after `seq` are unread again: the mark may go back. It never does without.',
      }),
    ),
  },
  { $id: 'ReadMark', ...closed },
)

export const ReadMarked = Type.Object(
  {
    room: Type.String({ examples: ['general'] }),
    read_seq: Position,
    unread: Type.Integer({ examples: [0] }),
    mentions: Type.Integer({ examples: [0] }),
    head: Type.Integer({ examples: [3], description: 'The `seq` up to which both are counted.' }),
  },
  { $id: 'ReadMarked' },
)
export type ReadMarked = Static<typeof ReadMarked>

export const NotifyChange = Type.Object(
  {
    level: Type.Optional(Notify),
    muted_until: Type.Optional(
      Type.Union([Time, Type.Null()], {
        description: 'No notifications until this time, whatever the level; `null` ends that.',
      }),
    ),
  },
  { $id: 'NotifyChange', ...closed, minProperties: 1 },
)
export type NotifyChange = Static<typeof NotifyChange>

export const FavouriteChange = Type.Object(
  { favourite: Type.Boolean({ examples: [true] }) },
  { $id: 'FavouriteChange', ...closed },
)

/** The member cannot write in the room until then. */
export const Silence = Type.Object({ until: Time }, { $id: 'Silence', ...closed })

export const NewDirect = Type.Object(
  {
    usernames: Type.Array(Type.String({ minLength: 1, maxLength: 64, examples: ['cleo'] }), {
      minItems: 1,
      maxItems: 10,
    }),
  },
  { $id: 'NewDirect', ...closed },
)
