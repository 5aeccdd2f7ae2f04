import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  BlockPage,
  PasswordChange,
  ProfileChange,
  RolePath,
  User,
  UserPage,
  UserPath,
  UserQuery,
} from '../../protocol/users.ts'
import type { Tools } from '../../scope.ts'
import { inUrl } from '../../url.ts'
import { guard } from '../auth/guard.ts'
import { presentUser } from '../auth/present.ts'
import { blockUser, listBlocks, unblockUser } from './blocks.ts'
import { listUsers, showUser } from './find.ts'
import { changePassword, changeProfile, changeUser } from './profile.ts'
import { banUser, grantRole, revokeRole, unbanUser } from './roles.ts'

const Nothing = Type.Optional(Type.Object({}, { additionalProperties: false }))

export const userRoutes = (tools: Tools) =>
  new Elysia({ name: 'users', tags: ['users'] })
    .use(guard(tools))
    .get('/users/me', ({ scope }) => presentUser(scope.actor, { withEmail: true }), {
      auth: true,
      response: { 200: User },
      detail: { summary: 'Oneself' },
    })
    .patch('/users/me', ({ scope, body }) => changeProfile(scope, scope.actor, body), {
      auth: true,
      body: ProfileChange,
      response: { 200: User },
      detail: { summary: 'Change display name, email address, who may write directly' },
    })
    .put(
      '/users/me/password',
      async ({ scope, body, set }) => {
        await changePassword(scope, body.current_password, body.new_password)
        set.status = 204
      },
      {
        auth: true,
        body: PasswordChange,
        detail: { summary: 'Change the password; every other session ends' },
      },
    )
    .get('/users/me/blocks', ({ scope }) => listBlocks(scope), {
      auth: true,
      response: { 200: BlockPage },
      detail: { summary: 'Whom one has blocked' },
    })
    .put(
      '/users/me/blocks/:username',
      async ({ scope, params, set }) => {
        await blockUser(scope, params.username)
        set.status = 204
      },
      { auth: true, params: UserPath, body: Nothing, detail: { summary: 'Block somebody' } },
    )
    .delete(
      '/users/me/blocks/:username',
      async ({ scope, params, set }) => {
        await unblockUser(scope, params.username)
        set.status = 204
      },
      { auth: true, params: UserPath, detail: { summary: 'Unblock somebody' } },
    )
    .get('/users', ({ scope, query }) => listUsers(scope, query), {
      auth: 'admin',
      query: inUrl(UserQuery),
      response: { 200: UserPage },
      detail: { summary: 'All users: admins', tags: ['administration'] },
    })
    .get('/users/:username', ({ scope, params }) => showUser(scope, params.username), {
      auth: true,
      params: UserPath,
      response: { 200: User },
      detail: { summary: 'Somebody' },
    })
    .patch('/users/:username', ({ scope, params, body }) => changeUser(scope, params.username, body), {
      auth: 'admin',
      params: UserPath,
      body: ProfileChange,
      response: { 200: User },
      detail: { summary: 'Change a profile: admins', tags: ['administration'] },
    })
    .put(
      '/users/:username/roles/:role',
      async ({ scope, params, set }) => {
        await grantRole(scope, params.username, params.role)
        set.status = 204
      },
      {
        auth: 'admin',
        params: RolePath,
        body: Nothing,
        detail: { summary: 'Grant a role: admins', tags: ['administration'] },
      },
    )
    .delete(
      '/users/:username/roles/:role',
      async ({ scope, params, set }) => {
        await revokeRole(scope, params.username, params.role)
        set.status = 204
      },
      {
        auth: 'admin',
        params: RolePath,
        detail: { summary: 'Revoke a role: admins', tags: ['administration'] },
      },
    )
    .put(
      '/users/:username/ban',
      async ({ scope, params, set }) => {
        await banUser(scope, params.username)
        set.status = 204
      },
      {
        auth: 'admin',
        params: UserPath,
        body: Nothing,
        detail: { summary: 'Ban: admins', tags: ['administration'] },
      },
    )
    .delete(
      '/users/:username/ban',
      async ({ scope, params, set }) => {
        await unbanUser(scope, params.username)
        set.status = 204
      },
      {
        auth: 'admin',
        params: UserPath,
        detail: { summary: 'Lift a ban: admins', tags: ['administration'] },
      },
    )
