import { HistoryQuery, Message, MessageEdit, MessagePage, NewMessage, PinsQuery } from '../messages.ts'
import type { Route } from '../route.ts'

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
    reply: Message,
    status: 201,
  },
  'GET /rooms/:room/messages/:seq': {
    summary: 'Get a message',
    permit: 'read',
    budget: 'read',
    reply: Message,
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
} as const satisfies Record<string, Route>
