import { type Static, Type } from '@sinclair/typebox'
import { ClientId, Epoch, Position, Seq, Text, Time } from './fields.ts'
import { defaultLimits } from './limits.ts'
import { Author } from './users.ts'

const closed = { additionalProperties: false }

export const Reaction = Type.Object({
  emoji: Type.String(),
  count: Type.Integer(),
  mine: Type.Optional(Type.Boolean({ description: 'Whether the reader has added it; not in events.' })),
})
export type Reaction = Static<typeof Reaction>

/** Addressed by its room and `seq`. A deleted one is a tombstone: `deleted_at`, and an empty `content`. */
export const Message = Type.Object(
  {
    room: Type.String(),
    seq: Type.Integer(),
    author: Author,
    content: Type.String(),
    created_at: Time,
    edited_at: Type.Optional(Time),
    deleted_at: Type.Optional(Time),
    reply_to: Type.Optional(Type.Integer({ description: 'The seq of the message that it replies to.' })),
    client_id: Type.Optional(Type.String()),
    reactions: Type.Array(Reaction),
    pinned: Type.Optional(Type.Boolean()),
    damaged: Type.Optional(
      Type.Boolean({
        description: 'The stored text cannot be decrypted: it was altered or moved, or the key is lost.',
      }),
    ),
  },
  { $id: 'Message' },
)
export type Message = Static<typeof Message>

export const Content = Text(
  1,
  defaultLimits.message_characters,
  'The text, not blank; Markdown by convention.',
)

export const MessageDraft = Type.Object(
  { content: Content, client_id: Type.Optional(ClientId), reply_to: Type.Optional(Seq) },
  closed,
)
export type MessageDraft = Static<typeof MessageDraft>

export const MessageEdit = Type.Object({ content: Content }, closed)

export const HistoryQuery = Type.Object(
  {
    before: Type.Optional(Position),
    after: Type.Optional(Position),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: defaultLimits.page })),
  },
  closed,
)
export type HistoryQuery = Static<typeof HistoryQuery>

export const PinsQuery = Type.Omit(HistoryQuery, ['after'], closed)
export type PinsQuery = Static<typeof PinsQuery>

/** Ascending by `seq`. `next` is the `before` (or, when reading forwards, the `after`) of the next page. */
export const MessagePage = Type.Object({
  items: Type.Array(Message),
  next: Type.Optional(Type.Integer()),
  head: Type.Optional(
    Type.Integer({ description: 'The head of the log when the page was read; only over the socket.' }),
  ),
})
export type MessagePage = Static<typeof MessagePage>

export const LogQuery = Type.Object(
  {
    since: Type.Optional(Position),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: defaultLimits.replay_page })),
  },
  closed,
)

/** The reply to a send, an edit or a deletion: the position of its event in the log. */
export const Sent = Type.Object({
  room: Type.String(),
  seq: Type.Integer(),
  created_at: Time,
  epoch: Epoch,
})
export type Sent = Static<typeof Sent>
