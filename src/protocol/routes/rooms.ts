import { Type } from '@sinclair/typebox'
import { Nothing } from '../fields.ts'
import { LogPage } from '../frames.ts'
import { LogQuery } from '../messages.ts'
import {
  DirectDraft,
  Invitation,
  Invite,
  InviteDraft,
  InvitePage,
  MemberChange,
  MemberPage,
  NamePage,
  NotifyChange,
  ReadMark,
  Room,
  RoomChange,
  RoomDraft,
  RoomPage,
  Silence,
} from '../rooms.ts'
import type { Route } from '../route.ts'

/** Joining and leaving are the writer's own; members are the business of who looks after the room. */
const ofMember = { me: 'write', others: 'rooms' } as const

export const roomRoutes = {
  'GET /rooms': { summary: 'Rooms joined, and open ones', permit: 'read', query: NamePage, reply: RoomPage },
  'POST /rooms': {
    summary: 'Make a room and own it',
    permit: 'rooms',
    body: RoomDraft,
    reply: Room,
    status: 201,
  },
  'GET /rooms/:room': { summary: 'One room', permit: 'read', reply: Room },
  'PATCH /rooms/:room': {
    summary: 'Change title, description or posting: owner, admin',
    permit: 'rooms',
    body: RoomChange,
    reply: Room,
  },
  'DELETE /rooms/:room': { summary: 'Delete, for everyone at once: owner, admin', permit: 'rooms' },
  'GET /rooms/:room/members': {
    summary: 'Members, with role and presence',
    permit: 'read',
    query: NamePage,
    reply: MemberPage,
  },
  'PUT /rooms/:room/members/:username': {
    summary: 'Join (`me`), add a member, change a role',
    permit: ofMember,
    body: Type.Optional(MemberChange),
  },
  'DELETE /rooms/:room/members/:username': { summary: 'Leave (`me`), remove a member', permit: ofMember },
  'GET /rooms/:room/log': {
    summary: 'The durable events after `since`',
    permit: 'read',
    query: LogQuery,
    reply: LogPage,
  },
  'PUT /rooms/:room/members/:username/silence': {
    summary: 'Silence until a time: moderators',
    permit: 'rooms',
    body: Silence,
  },
  'DELETE /rooms/:room/members/:username/silence': {
    summary: 'Give the voice back: moderators',
    permit: 'rooms',
  },
  'PUT /rooms/:room/notifications': {
    summary: 'What of this room one is told of',
    permit: 'write',
    body: NotifyChange,
  },
  'PUT /rooms/:room/read': {
    summary: 'Move the read mark, never backwards',
    permit: 'write',
    body: ReadMark,
  },
  'POST /rooms/:room/invites': {
    summary: 'An invite link: moderators',
    permit: 'rooms',
    body: Type.Optional(InviteDraft),
    reply: Invite,
    status: 201,
  },
  'GET /rooms/:room/invites': {
    summary: 'Invites that can still be used: moderators',
    permit: 'rooms',
    reply: InvitePage,
  },
  'DELETE /rooms/:room/invites/:id': { summary: 'Revoke an invite: moderators', permit: 'rooms' },
  'GET /invites/:code': { summary: 'What an invite is for', permit: 'read', reply: Invitation },
  'POST /invites/:code/accept': { summary: 'Join by an invite', permit: 'write', body: Nothing, reply: Room },
  'POST /directs': {
    summary: 'The direct room of a set of people, made once',
    permit: 'write',
    body: DirectDraft,
    reply: Room,
  },
} as const satisfies Record<string, Route>
