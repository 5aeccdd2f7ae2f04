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

const closed = { additionalProperties: false }

const Notify = Type.Union([Type.Literal('all'), Type.Literal('mentions'), Type.Literal('nothing')], {
  examples: ['mentions'],
  description: 'What this room notifies you about.',
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
    archived: Type.Optional(Type.Boolean({ description: 'Whether the room is read-only.' })),
    people: Type.Optional(
      Type.Array(Type.String(), { description: 'Direct rooms only: the usernames of everyone in it.' }),
    ),
    role: Type.Optional(RoomRole),
    silenced_until: silencedUntil('You'),
    notify: Type.Optional(Notify),
    favourite: Type.Optional(
      Type.Boolean({ description: 'Whether you have marked the room as a favourite. Absent: not.' }),
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
    posting: Type.Optional(Posting),
    slow_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3600,
        examples: [10],
        description: 'Slow mode, in seconds. 0 turns it off.',
      }),
    ),
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
    role: RoomRole,
    status: Type.Union([Type.Literal('online'), Type.Literal('offline')]),
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

export const ReadMark = Type.Object({ seq: Position }, { $id: 'ReadMark', ...closed })

export const NotifyChange = Type.Object({ level: Notify }, { $id: 'NotifyChange', ...closed })

export const FavouriteChange = Type.Object(
  { favourite: Type.Boolean({ examples: [true] }) },
  { $id: 'FavouriteChange', ...closed },
)

/** The member cannot write in the room until then. */
export const Silence = Type.Object({ until: Time }, { $id: 'Silence', ...closed })

export const NewInvite = Type.Object(
  {
    expires_in: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: 2_592_000,
        examples: [86_400],
        description: 'Seconds until the invite expires. A week by default.',
      }),
    ),
    max_uses: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        examples: [5],
        description: 'How many people can use it. No limit by default.',
      }),
    ),
  },
  { $id: 'NewInvite', ...closed },
)
export type NewInvite = Static<typeof NewInvite>

const listed = {
  id: '01a1b2c3',
  room: 'harbour',
  created_by: 'ben',
  created_at: '2026-11-20T19:42:04.946Z',
  expires_at: '2026-11-27T19:42:04.946Z',
  uses: 0,
}

export const Invite = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    code: Type.Optional(
      Type.String({
        description: 'The end of the invite link. Only in the response that creates the invite.',
      }),
    ),
    created_by: Type.String({ description: 'A username.' }),
    created_at: Time,
    expires_at: Time,
    max_uses: Type.Optional(Type.Integer({ description: 'Absent if there is no limit.' })),
    uses: Type.Integer({ description: 'How many people have used it.' }),
    creator_lost_right: Type.Optional(
      Type.Boolean({
        description:
          'Its creator may no longer invite people to this room. It lets nobody in until they get that right back.',
      }),
    ),
  },
  { $id: 'Invite', examples: [{ ...listed, code: '8Yy…' }, listed] },
)
export type Invite = Static<typeof Invite>
export const InvitePage = Type.Object({ items: Type.Array(Invite) }, { $id: 'InvitePage' })

/** What people see of an invite before they accept it. */
export const InvitePreview = Type.Object(
  {
    room: Type.String({ examples: ['harbour'] }),
    title: Type.String({ examples: ['The harbour'] }),
    description: Type.String({ examples: ['Ships and tides'] }),
    invited_by: Type.String({ examples: ['ben'] }),
    expires_at: Time,
  },
  { $id: 'InvitePreview' },
)
export type InvitePreview = Static<typeof InvitePreview>

/** Somebody you share no room with has added you: you become a member when you accept. */
export const RoomInvitation = Type.Object(
  {
    room: Type.String({ examples: ['harbour'] }),
    title: Type.String({ examples: ['The harbour'] }),
    description: Type.String({ examples: ['Ships and tides'] }),
    invited_by: Type.String({ examples: ['ben'], description: 'A username.' }),
    at: Time,
  },
  { $id: 'RoomInvitation' },
)
export type RoomInvitation = Static<typeof RoomInvitation>
export const RoomInvitationPage = Type.Object(
  { items: Type.Array(RoomInvitation) },
  { $id: 'RoomInvitationPage' },
)

export const NewDirect = Type.Object(
  {
    usernames: Type.Array(Type.String({ minLength: 1, maxLength: 64, examples: ['cleo'] }), {
      minItems: 1,
      maxItems: 10,
    }),
  },
  { $id: 'NewDirect', ...closed },
)
