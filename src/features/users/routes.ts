import type { RouteTable } from '../../scope.ts'
import { presentUser } from '../auth/present.ts'
import { blockUser, listBlocks, unblockUser } from './blocks.ts'
import { listUsers, showUser } from './find.ts'
import { changeOwnProfile, changePassword, changeUser } from './profile.ts'
import { banUser, grantRole, revokeRole, unbanUser } from './roles.ts'

export const userRoutes = {
  'GET /users/me': ({ scope }) => presentUser(scope, scope.actor, { withEmail: true }),
  'PATCH /users/me': ({ scope, body, request }) => changeOwnProfile(scope, body, request),
  'PUT /users/me/password': ({ scope, body }) =>
    changePassword(scope, body.current_password, body.new_password),
  'GET /users/me/blocks': ({ scope }) => listBlocks(scope),
  'PUT /users/me/blocks/:username': ({ scope, params }) => blockUser(scope, params.username),
  'DELETE /users/me/blocks/:username': ({ scope, params }) => unblockUser(scope, params.username),
  'GET /users': ({ scope, query }) => listUsers(scope, query),
  'GET /users/:username': ({ scope, params }) => showUser(scope, params.username),
  'PATCH /users/:username': ({ scope, params, body, request }) =>
    changeUser(scope, params.username, body, request),
  'PUT /users/:username/roles/:role': ({ scope, params }) => grantRole(scope, params.username, params.role),
  'DELETE /users/:username/roles/:role': ({ scope, params }) =>
    revokeRole(scope, params.username, params.role),
  'PUT /users/:username/ban': ({ scope, params, body }) => banUser(scope, params.username, body),
  'DELETE /users/:username/ban': ({ scope, params }) => unbanUser(scope, params.username),
} satisfies RouteTable
