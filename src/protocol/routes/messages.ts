import { HistoryQuery, Message, MessageDraft, MessageEdit, MessagePage, PinsQuery } from '../messages.ts'
import type { Route } from '../route.ts'

export const messageRoutes = {
  'GET /rooms/:room/messages': {
    summary: 'A page of history, ascending',
    permit: 'read',
    query: HistoryQuery,
    reply: MessagePage,
  },
  'POST /rooms/:room/messages': {
    summary: 'Send',
    permit: 'write',
    body: MessageDraft,
    reply: Message,
    status: 201,
  },
  'GET /rooms/:room/messages/:seq': { summary: 'One message', permit: 'read', reply: Message },
  'PATCH /rooms/:room/messages/:seq': {
    summary: 'Edit: its author',
    permit: 'write',
    body: MessageEdit,
    reply: Message,
  },
  'DELETE /rooms/:room/messages/:seq': {
    summary: 'Delete: its author, a moderator, an admin',
    permit: 'write',
  },
  'PUT /rooms/:room/messages/:seq/reactions/:emoji': { summary: 'React', permit: 'write' },
  'DELETE /rooms/:room/messages/:seq/reactions/:emoji': { summary: 'Take a reaction back', permit: 'write' },
  'GET /rooms/:room/pins': {
    summary: 'Its pinned messages, a page from the newest back, ascending',
    permit: 'read',
    query: PinsQuery,
    reply: MessagePage,
  },
  'PUT /rooms/:room/pins/:seq': { summary: 'Pin: moderators', permit: 'write' },
  'DELETE /rooms/:room/pins/:seq': { summary: 'Unpin: moderators', permit: 'write' },
} as const satisfies Record<string, Route>
