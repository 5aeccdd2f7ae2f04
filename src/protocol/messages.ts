import { type Static, Type } from '@sinclair/typebox'
import { ClientId, Emoji, Epoch, Position, Seq, Text, Time, timeOf } from './fields.ts'
import { filesPerMessage } from './file-numbers.ts'
import { aFile, File, FileId } from './files.ts'
import { defaultLimits } from './limits.ts'
import { Preview } from './previews.ts'
import { Author } from './users.ts'

const closed = { additionalProperties: false }

export const Reaction = Type.Object(
  {
    emoji: Type.String({ examples: ['🎉'] }),
    count: Type.Integer({ examples: [1] }),
    mine: Type.Optional(Type.Boolean({ description: 'Whether you reacted so. Absent in events.' })),
  },
  { $id: 'Reaction' },
)
export type Reaction = Static<typeof Reaction>

/** The message of the examples. */
export const aMessage = {
  room: 'general',
  seq: 3,
  author: { username: 'ben', display_name: 'Ben' },
  content: 'Is the harbour open?',
  created_at: '2026-11-20T19:42:04.946Z',
  client_id: 'ben-1',
  reactions: [{ emoji: '🎉', count: 1 }],
}

/** The replies to a message, to those replies, and so on. Those that were deleted do not count. */
export const Thread = Type.Object(
  {
    seq: Type.Integer({
      examples: [3],
      description: 'The `seq` of the message that the thread begins with.',
    }),
    replies: Type.Integer({ examples: [2] }),
    last_at: Type.Optional(timeOf('When the last reply was sent. Absent without replies.')),
  },
  { $id: 'Thread' },
)
export type Thread = Static<typeof Thread>

/** Identified by its room and `seq`. A deleted message is a tombstone: it has `deleted_at` and an empty `content`. */
export const Message = Type.Object(
  {
    room: Type.String(),
    seq: Type.Integer(),
    author: Author,
    content: Type.String(),
    created_at: Time,
    edited_at: Type.Optional(Time),
    deleted_at: Type.Optional(Time),
    expired: Type.Optional(
      Type.Literal(true, {
        description:
          'It was deleted because of its age, and so was every message before it: the history of the room begins after it.',
      }),
    ),
    reply_to: Type.Optional(
      Type.Integer({ description: 'The `seq` of the message that this is a reply to.' }),
    ),
    thread_seq: Type.Optional(
      Type.Integer({
        description:
          'Of a reply: the `seq` of the message that its thread begins with, the first that `reply_to` leads to.',
      }),
    ),
    thread: Type.Optional(Thread),
    client_id: Type.Optional(Type.String()),
    files: Type.Optional(
      Type.Array(File, {
        description: 'Absent if it has none. Those of a person who has deleted their account are gone.',
      }),
    ),
    previews: Type.Optional(
      Type.Array(Preview, {
        description:
          'What the pages say that it links to, in the order of the links. Absent if there is nothing, or not yet: then `preview.changed` comes.',
      }),
    ),
    reactions: Type.Array(Reaction),
    pinned: Type.Optional(Type.Boolean()),
    damaged: Type.Optional(
      Type.Boolean({
        description:
          'The stored message was changed, moved or rolled back, or its text cannot be decrypted. `content` is empty.',
      }),
    ),
  },
  { $id: 'Message', examples: [aMessage] },
)
export type Message = Static<typeof Message>

export const Content = Text(
  1,
  defaultLimits.message_characters,
  'Is the harbour open?',
  'The text. Not blank; clients show it as Markdown.',
)

export const Files = Type.Array(FileId, {
  minItems: 1,
  maxItems: filesPerMessage,
  uniqueItems: true,
  examples: [[aFile.id]],
  description: 'The ids of files that you have uploaded to this room and sent with no message yet.',
})

export const NewMessage = Type.Object(
  {
    content: Text(
      0,
      defaultLimits.message_characters,
      'Is the harbour open?',
      'The text. Not blank, unless there are files; clients show it as Markdown.',
    ),
    client_id: Type.Optional(ClientId),
    reply_to: Type.Optional(Seq),
    files: Type.Optional(Files),
  },
  {
    $id: 'NewMessage',
    ...closed,
    examples: [{ content: 'Is the harbour open?', client_id: 'ben-1' }],
  },
)
export type NewMessage = Static<typeof NewMessage>

export const MessageEdit = Type.Object({ content: Content }, { $id: 'MessageEdit', ...closed })

const position = (description: string) => Type.Integer({ ...Position, description })
const before = position('Only messages before this `seq`.')

export const HistoryQuery = Type.Object(
  {
    before: Type.Optional(before),
    after: Type.Optional(
      position('Only messages after this `seq`. Without `before`, the page starts there.'),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: defaultLimits.page,
        description: 'Messages per page, 50 by default.',
      }),
    ),
  },
  closed,
)
export type HistoryQuery = Static<typeof HistoryQuery>

export const PinsQuery = Type.Omit(HistoryQuery, ['after'], closed)
export type PinsQuery = Static<typeof PinsQuery>

/** In ascending order of `seq`. `next` is the `before` of the next page, or its `after` when you read forwards. */
export const MessagePage = Type.Object(
  {
    items: Type.Array(Message),
    next: Type.Optional(
      Type.Integer({
        examples: [3],
        description: 'The `before` (or `after`) of the next page. Absent on the last page.',
      }),
    ),
    head: Type.Optional(
      Type.Integer({ description: 'The last `seq` of the log when the page was read. Only on the socket.' }),
    ),
  },
  { $id: 'MessagePage' },
)
export type MessagePage = Static<typeof MessagePage>

export const ReactionsQuery = Type.Object(
  {
    emoji: Type.Optional(Emoji),
    after: Type.Optional(position('Only people after this `next`.')),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: defaultLimits.page,
        description: 'People for each reaction, 50 by default.',
      }),
    ),
  },
  closed,
)
export type ReactionsQuery = Static<typeof ReactionsQuery>

/** Everybody who reacted to a message, by emoji, in the order in which each was first used. */
export const ReactionPage = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        ...Reaction.properties,
        users: Type.Array(Author, { description: 'In the order in which they reacted.' }),
        next: Type.Optional(
          Type.Integer({
            examples: [9],
            description:
              'There are more people: ask again with this `emoji`, and this as `after`. Absent on the last page.',
          }),
        ),
      }),
    ),
  },
  { $id: 'ReactionPage' },
)
export type ReactionPage = Static<typeof ReactionPage>

export const VersionsQuery = Type.Object(
  {
    after: Type.Optional(position('Only versions after this `seq`; 0 by default.')),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: defaultLimits.page,
        description: 'Versions per page, 50 by default.',
      }),
    ),
  },
  closed,
)
export type VersionsQuery = Static<typeof VersionsQuery>

/** The texts that a message has had, in their order. The last one is its text now. */
export const VersionPage = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        seq: Type.Integer({ examples: [4], description: 'That of the message, or of the edit.' }),
        at: Time,
        content: Type.String({ examples: ['When do we meet?'] }),
        damaged: Type.Optional(
          Type.Literal(true, { description: 'The stored text was changed in the database.' }),
        ),
      }),
    ),
    next: Type.Optional(
      Type.Integer({ examples: [4], description: 'The `after` of the next page. Absent on the last page.' }),
    ),
  },
  { $id: 'VersionPage' },
)
export type VersionPage = Static<typeof VersionPage>

/** A page of the replies in a thread, in ascending order, with the message that it begins with. */
export const ThreadPage = Type.Object(
  {
    root: Message,
    ...MessagePage.properties,
    following: Type.Optional(Type.Boolean({ description: 'Whether you follow the thread.' })),
  },
  { $id: 'ThreadPage', description: 'A page of a thread. `next` is as in the history of the room.' },
)
export type ThreadPage = Static<typeof ThreadPage>

export const LogQuery = Type.Object(
  {
    since: Type.Optional(position('Only events after this `seq`; 0 by default.')),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: defaultLimits.replay_page,
        description: 'Events per page, 500 by default.',
      }),
    ),
  },
  closed,
)

/** The reply to every command that adds an event to the log: the `seq` of that event, and when it was stored. */
export const Sent = Type.Object(
  {
    room: Type.String({ examples: ['general'] }),
    seq: Type.Integer({ examples: [3] }),
    created_at: Time,
    epoch: Epoch,
  },
  { $id: 'Sent' },
)
export type Sent = Static<typeof Sent>

const absent = Type.Optional(
  Type.Array(Author, {
    description:
      'People whom the message names and who are not in the room, so they do not hear of it: at most 10. Absent if there is nobody, and when you send the message again.',
  }),
)

export const SentMessage = Type.Object({ ...Sent.properties, absent }, { $id: 'SentMessage' })
export type SentMessage = Static<typeof SentMessage>

export const PostedMessage = Type.Object(
  { ...Message.properties, absent },
  { $id: 'PostedMessage', examples: [aMessage] },
)
export type PostedMessage = Static<typeof PostedMessage>
