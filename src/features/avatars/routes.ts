import type { RouteTable } from '../../scope.ts'
import { removeCommunityAvatar, sendCommunityAvatar, setCommunityAvatar } from './community.ts'
import { removeAvatarOf, removeOwnAvatar, setOwnAvatar } from './person.ts'
import { removeRoomAvatar, setRoomAvatar } from './room.ts'

export const avatarRoutes = {
  'PUT /users/me/avatar': ({ scope, request }) => setOwnAvatar(scope, request),
  'DELETE /users/me/avatar': ({ scope }) => removeOwnAvatar(scope),
  'DELETE /users/:username/avatar': ({ scope, params }) => removeAvatarOf(scope, params.username),
  'PUT /rooms/:room/avatar': ({ scope, params, request }) => setRoomAvatar(scope, params.room, request),
  'DELETE /rooms/:room/avatar': ({ scope, params }) => removeRoomAvatar(scope, params.room),
  'PUT /community/avatar': ({ scope, request }) => setCommunityAvatar(scope, request),
  'DELETE /community/avatar': ({ scope }) => removeCommunityAvatar(scope),
  'GET /community/avatar/:file': ({ tools, params, request }) =>
    sendCommunityAvatar(tools, params.file, request),
} satisfies RouteTable
