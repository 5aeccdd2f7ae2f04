import type { RouteTable } from '../../scope.ts'
import { changeRoom, deleteRoom } from './change.ts'
import { createRoom } from './create.ts'
import { listRoomFacts } from './facts.ts'
import { acceptInvitation, declineInvitation, listOwnInvitations } from './invitation.ts'
import { joinRoom, leaveRoom } from './join.ts'
import { listRooms, showRoom } from './list.ts'
import { readLog } from './log.ts'
import {
  listMembers,
  putMember,
  removeMember,
  setFavourite,
  setNotify,
  setSection,
  silence,
} from './members.ts'

export const roomRoutes = {
  'GET /admin/rooms': ({ scope, query }) => listRoomFacts(scope, query),
  'GET /rooms': ({ scope, query }) => listRooms(scope, query),
  'POST /rooms': ({ scope, body }) => createRoom(scope, body),
  'GET /rooms/:room': ({ scope, params }) => showRoom(scope, params.room),
  'PATCH /rooms/:room': ({ scope, params, body }) => changeRoom(scope, params.room, body),
  'DELETE /rooms/:room': ({ scope, params }) => deleteRoom(scope, params.room),
  'GET /rooms/:room/members': ({ scope, params, query }) => listMembers(scope, params.room, query),
  'PUT /rooms/:room/members/:username': ({ scope, params: { room, username }, body }) =>
    username === 'me' ? joinRoom(scope, room) : putMember(scope, room, username, body?.role),
  'DELETE /rooms/:room/members/:username': ({ scope, params: { room, username } }) =>
    username === 'me' ? leaveRoom(scope, room) : removeMember(scope, room, username),
  'GET /users/me/invitations': ({ scope }) => listOwnInvitations(scope),
  'POST /users/me/invitations/:room/accept': ({ scope, params }) => acceptInvitation(scope, params.room),
  'DELETE /users/me/invitations/:room': ({ scope, params }) => declineInvitation(scope, params.room),
  'GET /rooms/:room/log': ({ scope, params, query }) => readLog(scope, params.room, query),
  'PUT /rooms/:room/members/:username/silence': ({ scope, params, body }) =>
    silence(scope, params.room, params.username, body.until),
  'DELETE /rooms/:room/members/:username/silence': ({ scope, params }) =>
    silence(scope, params.room, params.username),
  'PUT /rooms/:room/notifications': ({ scope, params, body }) => setNotify(scope, params.room, body),
  'PUT /rooms/:room/section': ({ scope, params, body }) => setSection(scope, params.room, body.section),
  'PUT /rooms/:room/favourite': ({ scope, params, body }) => setFavourite(scope, params.room, body.favourite),
} satisfies RouteTable
