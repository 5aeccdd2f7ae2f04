import { type Static, Type } from '@sinclair/typebox'
import { Position } from './fields.ts'
import { aMessage, Message } from './messages.ts'

const closed = { additionalProperties: false }

export const FollowedQuery = Type.Object(
  {
    before: Type.Optional(Type.String({ maxLength: 64, description: '`next` of the previous page.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 50 by default.' }),
    ),
  },
  closed,
)
export type FollowedQuery = Static<typeof FollowedQuery>

const mark = {
  room: Type.String({ examples: ['general'] }),
  seq: Type.Integer({ examples: [3], description: 'The `seq` of the message that the thread begins with.' }),
  read_seq: Type.Integer({
    examples: [4],
    description: 'The `seq` up to which you have read the thread: in it, or in its room.',
  }),
  unread: Type.Integer({
    examples: [1],
    description:
      'How many replies after `read_seq` are by others whom you have not blocked, and not deleted; 500 at most.',
  }),
}

export const FollowedThread = Type.Object(
  {
    ...mark,
    message: Message,
    last: Message,
  },
  {
    $id: 'FollowedThread',
    description: 'A thread that you follow: the message that it begins with, and its last reply.',
  },
)
export type FollowedThread = Static<typeof FollowedThread>

const thread = { seq: 3, replies: 1, last_at: '2026-11-20T19:45:00.000Z' }
const aReply = { ...aMessage, seq: 5, content: 'Until six', reply_to: 3, thread_seq: 3, reactions: [] }
const { client_id: _, ...answer } = aReply

export const FollowedPage = Type.Object(
  {
    items: Type.Array(FollowedThread),
    next: Type.Optional(Type.String({ examples: ['1764338400000.1.5'] })),
    unread: Type.Optional(
      Type.Integer({
        examples: [1],
        description: 'How many of all threads that you follow have unread replies. Only on the first page.',
      }),
    ),
  },
  {
    $id: 'FollowedPage',
    examples: [
      {
        items: [
          {
            ...{ room: 'general', seq: 3, read_seq: 4, unread: 1 },
            ...{ message: { ...aMessage, thread }, last: answer },
          },
        ],
        unread: 1,
      },
    ],
  },
)
export type FollowedPage = Static<typeof FollowedPage>

export const ThreadRead = Type.Object(
  { read_seq: Position },
  { $id: 'ThreadRead', ...closed, description: 'You have read the thread up to this `seq`.' },
)

/** How you stand to a thread. */
export const ThreadMark = Type.Object(
  {
    ...mark,
    following: Type.Boolean({ examples: [true], description: 'Whether you follow the thread.' }),
  },
  { $id: 'ThreadMark' },
)
export type ThreadMark = Static<typeof ThreadMark>
