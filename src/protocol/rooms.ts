import { type Static, Type } from '@sinclair/typebox'
import { Access, Epoch, Position, Posting, RoomAddress, RoomId, RoomRole, Text, Time } from './fields.ts'

const closed = { additionalProperties: false }

export const Room = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    description: Type.String(),
    access: Access,
    posting: Posting,
    epoch: Epoch,
    head: Type.Integer({ description: 'The last seq of its log; 0 when nothing has happened.' }),
    created_at: Time,
    role: Type.Optional(RoomRole),
    read_seq: Type.Optional(Type.Integer({ description: 'How far the reader has read; members only.' })),
    unread: Type.Optional(
      Type.Integer({ description: 'Messages of others after `read_seq`; members only.' }),
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
  },
  { $id: 'Member' },
)
export type Member = Static<typeof Member>

export const MemberPage = Type.Object({ items: Type.Array(Member), next: Type.Optional(Type.String()) })

export const MemberChange = Type.Object({ role: Type.Optional(RoomRole) }, closed)

export const RoomPath = Type.Object({ room: RoomAddress })
/** `me` stands for oneself. */
export const MemberPath = Type.Object({ room: RoomAddress, username: Type.String({ maxLength: 128 }) })

/** `after` is the `next` of the page before. */
export const NamePage = Type.Object(
  {
    after: Type.Optional(Type.String({ maxLength: 128 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  closed,
)

export const ReadMark = Type.Object({ seq: Position }, closed)
