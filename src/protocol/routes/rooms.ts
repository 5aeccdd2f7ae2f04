import { Type } from '@sinclair/typebox'
import { RoomPlace } from '../arrangements.ts'
import { ExportQuery } from '../exports.ts'
import { Nothing } from '../fields.ts'
import { LogPage } from '../frames.ts'
import { RoomInvitationPage } from '../invitations.ts'
import { Invite, InvitePage, InvitePreview, NewInvite } from '../invites.ts'
import { LogQuery } from '../messages.ts'
import {
  FavouriteChange,
  MemberChange,
  MemberPage,
  NamePage,
  NewDirect,
  NewRoom,
  NotifyChange,
  ReadMark,
  ReadMarked,
  Room,
  RoomChange,
  RoomPage,
  Silence,
} from '../rooms.ts'
import type { Route } from '../route.ts'

/** You join and leave with `write`; to change other members, a token needs `rooms`. */
const ofMember = { me: 'write', others: 'rooms' } as const

export const roomRoutes = {
  'GET /rooms': {
    summary: 'List the rooms you are in, and open rooms',
    permit: 'read',
    budget: 'read',
    query: NamePage,
    reply: RoomPage,
  },
  'POST /rooms': {
    summary: 'Create a room; you become its owner',
    permit: 'rooms',
    budget: 'create',
    body: NewRoom,
    reply: Room,
    status: 201,
  },
  'GET /rooms/:room': { summary: 'Get a room', permit: 'read', budget: 'read', reply: Room },
  'PATCH /rooms/:room': {
    summary: 'Change a room’s title, description, access or settings (owners only)',
    description: 'What is as it was is left out of the event; if nothing has changed, there is no event.',
    permit: 'rooms',
    budget: 'write',
    body: RoomChange,
    reply: Room,
  },
  'DELETE /rooms/:room': {
    summary: 'Delete a room for everyone, at once (owners only)',
    description: 'Its messages, members, invites and webhooks are deleted too.',
    permit: 'rooms',
    budget: 'write',
  },
  'GET /rooms/:room/export': {
    summary: 'Download a room as a zip file (owners, and administrators who are members)',
    description:
      'Its messages with edits, reactions, replies and pins, and its members: as JSON, and as pages that a browser opens without a network. It has no text of a deleted message. The file is sent while it is made, and cut when you lose the right to it. One export of a user at a time.',
    permit: 'person',
    budget: 'export',
    query: ExportQuery,
    replyIs: 'zip',
  },
  'GET /rooms/:room/members': {
    summary: 'List members with their role and presence',
    permit: 'read',
    budget: 'read',
    query: NamePage,
    reply: MemberPage,
  },
  'PUT /rooms/:room/members/:username': {
    summary: 'Join a room (`me`), add a member, or change a member’s role',
    description: 'To join you need no body. If you are a member already, nothing changes.',
    permit: ofMember,
    budget: { me: 'write', others: 'create' },
    body: Type.Optional(MemberChange),
  },
  'DELETE /rooms/:room/members/:username': {
    summary: 'Leave a room (`me`), or remove a member',
    permit: ofMember,
    budget: 'write',
  },
  'GET /rooms/:room/log': {
    summary: 'List the stored events after `since`',
    description:
      'Every event of a room has a `seq`: 1, 2, 3 … without a gap. The same events arrive on the socket.',
    permit: 'read',
    budget: 'read',
    query: LogQuery,
    reply: LogPage,
  },
  'PUT /rooms/:room/members/:username/silence': {
    summary: 'Silence a member until a given time (moderators only)',
    permit: 'rooms',
    budget: 'write',
    body: Silence,
  },
  'DELETE /rooms/:room/members/:username/silence': {
    summary: 'End a member’s silence (moderators only)',
    permit: 'rooms',
    budget: 'write',
  },
  'PUT /rooms/:room/notifications': {
    summary: 'Choose what this room notifies you about',
    permit: 'write',
    budget: 'write',
    body: NotifyChange,
  },
  'PUT /rooms/:room/favourite': {
    summary: 'Mark a room as your favourite, or end that',
    permit: 'write',
    budget: 'write',
    body: FavouriteChange,
  },
  'PUT /rooms/:room/section': {
    summary: 'Move a room into one of your sections, or out of it',
    permit: 'write',
    budget: 'write',
    body: RoomPlace,
  },
  'PUT /rooms/:room/read': {
    summary: 'Move your read mark forward, or mark messages as unread',
    description: 'It moves backwards only with `unread`.',
    permit: 'write',
    budget: 'write',
    body: ReadMark,
    reply: ReadMarked,
  },
  'POST /rooms/:room/invites': {
    summary: 'Create an invite (moderators only)',
    description:
      'Without a body: it can be used for a week, without a limit. Only this response has the `code` of its link.',
    permit: 'rooms',
    budget: 'create',
    body: Type.Optional(NewInvite),
    reply: Invite,
    status: 201,
  },
  'GET /rooms/:room/invites': {
    summary: 'List invites that can still be used (moderators only)',
    permit: 'rooms',
    budget: 'read',
    reply: InvitePage,
  },
  'DELETE /rooms/:room/invites/:id': {
    summary: 'Revoke an invite (moderators only)',
    permit: 'rooms',
    budget: 'write',
  },
  'GET /invites/:code': {
    summary: 'Get the room that an invite is for',
    permit: 'read',
    budget: 'read',
    reply: InvitePreview,
  },
  'POST /invites/:code/accept': {
    summary: 'Accept an invite and join its room',
    permit: 'write',
    budget: 'write',
    body: Nothing,
    reply: Room,
  },
  'GET /users/me/invitations': {
    summary: 'List the rooms that people you share no room with have added you to, newest first',
    permit: 'read',
    budget: 'read',
    reply: RoomInvitationPage,
  },
  'POST /users/me/invitations/:room/accept': {
    summary: 'Accept an invitation and become a member',
    permit: 'write',
    budget: 'write',
    body: Nothing,
    reply: Room,
  },
  'DELETE /users/me/invitations/:room': {
    summary: 'Decline an invitation',
    permit: 'write',
    budget: 'write',
  },
  'POST /directs': {
    summary: 'Open the direct room of these people; it is created the first time',
    permit: 'write',
    budget: 'create',
    body: NewDirect,
    reply: Room,
  },
} as const satisfies Record<string, Route>
