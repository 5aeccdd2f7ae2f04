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

export const Notify = Type.Union([Type.Literal('all'), Type.Literal('mentions'), Type.Literal('nothing')], {
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
    id: Type.String(),
    title: Type.String({ description: 'In a direct room: the display names of the others.' }),
    description: Type.String(),
    access: Access,
    posting: Posting,
    epoch: Epoch,
    head: Type.Integer({ description: 'The last `seq` of the log; 0 if it is empty.' }),
    created_at: Time,
    slow_seconds: Type.Optional(
      Type.Integer({ description: 'Slow mode: seconds that a member must wait between two messages.' }),
    ),
    archived: Type.Optional(Type.Boolean({ description: 'Whether the room is read-only.' })),
    people: Type.Optional(
      Type.Array(Type.String(), { description: 'Direct rooms only: the usernames of everyone in it.' }),
    ),
    role: Type.Optional(RoomRole),
    silenced_until: silencedUntil('You'),
    notify: Type.Optional(Notify),
    read_seq: Type.Optional(
      Type.Integer({ description: 'The `seq` up to which you have read. Members only.' }),
    ),
    unread: Type.Optional(
      Type.Integer({
        description:
          'How many of the first 500 events after `read_seq` are messages by others. Members only.',
      }),
    ),
  },
  { $id: 'Room', description: 'Without `role`, you are not a member.' },
)
export type Room = Static<typeof Room>

export const RoomPage = Type.Object({ items: Type.Array(Room), next: Type.Optional(Type.String()) })

/** A new room. The SDK publishes this type under this name. */
export const NewRoom = Type.Object(
  {
    id: Type.Optional(RoomId),
    title: Type.Optional(Title),
    description: Type.Optional(Description),
    access: Type.Optional(Access),
    posting: Type.Optional(Posting),
  },
  closed,
)
export type NewRoom = Static<typeof NewRoom>

export const RoomChange = Type.Object(
  {
    title: Type.Optional(Title),
    description: Type.Optional(Description),
    posting: Type.Optional(Posting),
    slow_seconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 3600, description: 'Slow mode, in seconds. 0 turns it off.' }),
    ),
    archived: Type.Optional(Type.Boolean({ description: 'Makes the room read-only, or ends that.' })),
  },
  { ...closed, minProperties: 1 },
)
export type RoomChange = Static<typeof RoomChange>

export const Member = Type.Object(
  {
    username: Type.String(),
    display_name: Type.String(),
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

export const MemberPage = Type.Object({ items: Type.Array(Member), next: Type.Optional(Type.String()) })

export const MemberChange = Type.Object({ role: Type.Optional(RoomRole) }, closed)

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

export const ReadMark = Type.Object({ seq: Position }, closed)

export const NotifyChange = Type.Object({ level: Notify }, closed)

/** The member cannot write in the room until then. */
export const Silence = Type.Object({ until: Time }, closed)

export const NewInvite = Type.Object(
  {
    expires_in: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: 2_592_000,
        description: 'Seconds until the invite expires. A week by default.',
      }),
    ),
    max_uses: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: 'How many people can use it. No limit by default.',
      }),
    ),
  },
  closed,
)
export type NewInvite = Static<typeof NewInvite>

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
    maker_lost_right: Type.Optional(
      Type.Boolean({
        description:
          'Its creator may no longer invite people to this room. It lets nobody in until they get that right back.',
      }),
    ),
  },
  { $id: 'Invite' },
)
export type Invite = Static<typeof Invite>
export const InvitePage = Type.Object({ items: Type.Array(Invite) })

/** What people see of an invite before they accept it. */
export const Invitation = Type.Object({
  room: Type.String(),
  title: Type.String(),
  description: Type.String(),
  invited_by: Type.String(),
  expires_at: Time,
})
export type Invitation = Static<typeof Invitation>

/** Somebody you share no room with has added you: you become a member when you accept. */
export const RoomInvitation = Type.Object(
  {
    room: Type.String(),
    title: Type.String(),
    description: Type.String(),
    invited_by: Type.String({ description: 'A username.' }),
    at: Time,
  },
  { $id: 'RoomInvitation' },
)
export type RoomInvitation = Static<typeof RoomInvitation>
export const RoomInvitationPage = Type.Object({ items: Type.Array(RoomInvitation) })

export const NewDirect = Type.Object(
  { usernames: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 10 }) },
  closed,
)
