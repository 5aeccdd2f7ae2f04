import { type Static, Type } from '@sinclair/typebox'
import { Access, Epoch, Position, Posting, RoomAddress, RoomId, RoomRole, Text, Time } from './fields.ts'

const closed = { additionalProperties: false }

export const Notify = Type.Union([Type.Literal('all'), Type.Literal('mentions'), Type.Literal('nothing')])

const silencedUntil = (whom: string, visibility = '') =>
  Type.Optional(
    Type.String({
      format: 'date-time',
      description: `Until this time ${whom} may read, but not write. It may be in the past.${visibility}`,
    }),
  )

export const Room = Type.Object(
  {
    id: Type.String(),
    title: Type.String({ description: 'In a direct room, the display names of the others.' }),
    description: Type.String(),
    access: Access,
    posting: Posting,
    epoch: Epoch,
    head: Type.Integer({ description: 'The last seq of its log; 0 if the log is empty.' }),
    created_at: Time,
    slow_seconds: Type.Optional(
      Type.Integer({ description: 'Minimum seconds between two messages of one member.' }),
    ),
    archived: Type.Optional(Type.Boolean({ description: 'The room is read-only.' })),
    people: Type.Optional(
      Type.Array(Type.String(), { description: 'The usernames of the people in a direct room.' }),
    ),
    role: Type.Optional(RoomRole),
    silenced_until: silencedUntil('the reader'),
    notify: Type.Optional(Notify),
    read_seq: Type.Optional(Type.Integer({ description: 'How far the reader has read; members only.' })),
    unread: Type.Optional(
      Type.Integer({
        description: 'Messages of others among the 500 events after `read_seq`; members only.',
      }),
    ),
  },
  { $id: 'Room', description: 'Without `role`, the reader is not a member.' },
)
export type Room = Static<typeof Room>

export const RoomPage = Type.Object({ items: Type.Array(Room), next: Type.Optional(Type.String()) })

export const RoomDraft = Type.Object(
  {
    id: Type.Optional(RoomId),
    title: Type.Optional(Text(1, 100)),
    description: Type.Optional(Text(0, 1000)),
    access: Type.Optional(Access),
    posting: Type.Optional(Posting),
  },
  closed,
)
export type RoomDraft = Static<typeof RoomDraft>

export const RoomChange = Type.Object(
  {
    title: Type.Optional(Text(1, 100)),
    description: Type.Optional(Text(0, 1000)),
    posting: Type.Optional(Posting),
    slow_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 3600 })),
    archived: Type.Optional(Type.Boolean()),
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
    silenced_until: silencedUntil('the member', ' Only moderators and the member see it.'),
    read_seq: Type.Optional(Type.Integer({ description: 'Direct rooms only, as is `delivered_seq`.' })),
    delivered_seq: Type.Optional(Type.Integer()),
  },
  { $id: 'Member' },
)
export type Member = Static<typeof Member>

export const MemberPage = Type.Object({ items: Type.Array(Member), next: Type.Optional(Type.String()) })

export const MemberChange = Type.Object({ role: Type.Optional(RoomRole) }, closed)

export const RoomPath = Type.Object({ room: RoomAddress })

/** `after` is `next` of the previous page. */
export const NamePage = Type.Object(
  {
    after: Type.Optional(Type.String({ maxLength: 128 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  closed,
)

export const ReadMark = Type.Object({ seq: Position }, closed)

export const NotifyChange = Type.Object({ level: Notify }, closed)

/** A silenced member may not write until this time. */
export const Silence = Type.Object({ until: Time }, closed)

export const InviteDraft = Type.Object(
  {
    expires_in: Type.Optional(
      Type.Integer({ minimum: 60, maximum: 2_592_000, description: 'Seconds; a week by default.' }),
    ),
    max_uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  },
  closed,
)
export type InviteDraft = Static<typeof InviteDraft>

export const Invite = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    code: Type.Optional(Type.String({ description: 'Only in the response that creates the invite.' })),
    created_by: Type.String(),
    created_at: Time,
    expires_at: Time,
    max_uses: Type.Optional(Type.Integer()),
    uses: Type.Integer(),
  },
  { $id: 'Invite' },
)
export type Invite = Static<typeof Invite>
export const InvitePage = Type.Object({ items: Type.Array(Invite) })

/** What a person with the code may see before they accept the invite. */
export const Invitation = Type.Object({
  room: Type.String(),
  title: Type.String(),
  description: Type.String(),
  invited_by: Type.String(),
  expires_at: Time,
})
export type Invitation = Static<typeof Invitation>

export const DirectDraft = Type.Object(
  { usernames: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 10 }) },
  closed,
)
