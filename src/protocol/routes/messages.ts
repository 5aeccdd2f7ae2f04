import { LastMessagePage, LastMessagesQuery } from '../last-messages.ts'
import { MentionPage, MentionsQuery } from '../mentions.ts'
import {
  HistoryQuery,
  Message,
  MessageEdit,
  MessagePage,
  NewMessage,
  PinsQuery,
  PostedMessage,
  ReactionPage,
  ReactionsQuery,
  ThreadPage,
  VersionPage,
  VersionsQuery,
} from '../messages.ts'
import type { Route } from '../route.ts'
import { SavedPage, SavedQuery } from '../saved.ts'
import { FollowedPage, FollowedQuery, ThreadMark, ThreadRead } from '../threads.ts'

export const messageRoutes = {
  'GET /rooms/:room/messages': {
    summary: 'List a page of messages, in ascending order',
    description:
      'Without `before` and `after`: the latest messages. `next` is the `before` (or `after`) of the next page; the last page has none.',
    permit: 'read',
    budget: 'read',
    query: HistoryQuery,
    reply: MessagePage,
  },
  'POST /rooms/:room/messages': {
    summary: 'Send a message',
    description:
      'Always send a `client_id`: if no response arrives, send the message again with the same one, and it stays one message. The same `client_id` with another text is refused.',
    permit: 'write',
    budget: 'message',
    body: NewMessage,
    reply: PostedMessage,
    status: 201,
  },
  'GET /rooms/:room/messages/:seq': {
    summary: 'Get a message',
    permit: 'read',
    budget: 'read',
    reply: Message,
  },
  'GET /rooms/:room/messages/:seq/versions': {
    summary: 'List the texts that a message has had, in their order',
    description:
      'As it was sent, and after each edit: everybody in the room has received them. Nothing is left of a deleted message (410).',
    permit: 'read',
    budget: 'read',
    query: VersionsQuery,
    reply: VersionPage,
  },
  'GET /rooms/:room/messages/:seq/thread': {
    summary: 'List a page of the thread that a message begins, or that a reply belongs to',
    description:
      'The replies in ascending order, with `root`, the message that the thread begins with. `before`, `after` and `next` are as in the history of the room.',
    permit: 'read',
    budget: 'read',
    query: HistoryQuery,
    reply: ThreadPage,
  },
  'PUT /rooms/:room/messages/:seq/thread/follow': {
    summary: 'Follow a thread',
    description:
      'By the message that it begins with, or by a reply. You follow those that you have started, answered in or were named in by a reply.',
    permit: 'write',
    budget: 'write',
  },
  'DELETE /rooms/:room/messages/:seq/thread/follow': {
    summary: 'Stop following a thread, until you reply to it again',
    permit: 'write',
    budget: 'write',
  },
  'PUT /rooms/:room/messages/:seq/thread/read': {
    summary: 'Mark a thread that you follow as read',
    description: 'Never backwards. The read mark of its room does not move.',
    permit: 'write',
    budget: 'write',
    body: ThreadRead,
    reply: ThreadMark,
  },
  'PUT /rooms/:room/messages/:seq/saved': {
    summary: 'Save a message for later',
    description: 'Only you learn of it. If you have saved it already, nothing changes.',
    permit: 'write',
    budget: 'write',
  },
  'DELETE /rooms/:room/messages/:seq/saved': {
    summary: 'Remove a message from those that you have saved',
    permit: 'write',
    budget: 'write',
  },
  'PATCH /rooms/:room/messages/:seq': {
    summary: 'Edit your message',
    permit: 'write',
    budget: 'write',
    body: MessageEdit,
    reply: Message,
  },
  'DELETE /rooms/:room/messages/:seq': {
    summary: 'Delete a message (its author, moderators)',
    description: 'A tombstone takes its place: its `seq` stays.',
    permit: 'write',
    budget: 'write',
  },
  'GET /rooms/:room/messages/:seq/reactions': {
    summary: 'List who reacted to a message, by emoji',
    description:
      'Up to `limit` people for each emoji; `next` of an emoji leads to the next page of its people.',
    permit: 'read',
    budget: 'read',
    query: ReactionsQuery,
    reply: ReactionPage,
  },
  'PUT /rooms/:room/messages/:seq/reactions/:emoji': {
    summary: 'Add a reaction',
    description: 'If you have added it already, nothing changes.',
    permit: 'write',
    budget: 'write',
  },
  'DELETE /rooms/:room/messages/:seq/reactions/:emoji': {
    summary: 'Remove your reaction',
    permit: 'write',
    budget: 'write',
  },
  'GET /rooms/:room/messages/:seq/previews/:preview': {
    summary: 'Get the picture of the preview of a link, as WebP',
    description:
      'For those who may read the message now. Takes `If-None-Match`. It never changes under its id.',
    permit: 'read',
    budget: 'read',
    replyIs: 'file',
  },
  'DELETE /rooms/:room/messages/:seq/previews/:preview': {
    summary: 'Remove the preview of a link (the author of the message, moderators)',
    description: 'The link stays. The message gets no other preview, also when it is edited.',
    permit: 'write',
    budget: 'write',
  },
  'GET /rooms/:room/pins': {
    summary: 'List pinned messages, a page back from the newest, in ascending order',
    permit: 'read',
    budget: 'read',
    query: PinsQuery,
    reply: MessagePage,
  },
  'PUT /rooms/:room/pins/:seq': {
    summary: 'Pin a message (moderators only)',
    permit: 'write',
    budget: 'write',
  },
  'DELETE /rooms/:room/pins/:seq': {
    summary: 'Unpin a message (moderators only)',
    permit: 'write',
    budget: 'write',
  },
  'GET /threads': {
    summary: 'List the threads that you follow, those with the newest replies first',
    description:
      'Only in rooms that you are in, and only those with replies. Pages can be shorter than `limit`, also the first.',
    permit: 'read',
    budget: 'read',
    query: FollowedQuery,
    reply: FollowedPage,
  },
  'GET /last-messages': {
    summary: 'List the last message of each room that you are in',
    description:
      'For a list of rooms that shows what was said last. Afterwards the events of the rooms keep it up. A room without messages has none. Pages can be shorter than `limit`.',
    permit: 'read',
    budget: 'read',
    query: LastMessagesQuery,
    reply: LastMessagePage,
  },
  'GET /saved': {
    summary: 'List the messages that you have saved, what you saved last first',
    description: 'Only in rooms that you are in. Pages can be shorter than `limit`, also the first.',
    permit: 'read',
    budget: 'read',
    query: SavedQuery,
    reply: SavedPage,
  },
  'GET /mentions': {
    summary: 'List who meant you, newest first: mentions, replies to you, reactions to your messages',
    description:
      'Only in rooms that you are in, since you joined, and without people whom you have blocked. A message that means you in several ways is in the list once. Pages can be shorter than `limit`, also the first.',
    permit: 'read',
    budget: 'read',
    query: MentionsQuery,
    reply: MentionPage,
  },
} as const satisfies Record<string, Route>
