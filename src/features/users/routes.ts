import { Elysia } from 'elysia'
import { ProfileChange, User } from '../../protocol/users.ts'
import type { Tools } from '../../scope.ts'
import { guard } from '../auth/guard.ts'
import { presentUser } from '../auth/present.ts'
import { changeProfile } from './profile.ts'

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
      detail: { summary: 'Change display name or email address' },
    })
