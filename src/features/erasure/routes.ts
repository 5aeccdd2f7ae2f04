import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { Erasure } from '../../protocol/users.ts'
import type { Tools } from '../../scope.ts'
import { clearedCookies } from '../auth/cookies.ts'
import { guard } from '../auth/guard.ts'
import { eraseAccount } from './erase.ts'

export const erasureRoutes = (tools: Tools) =>
  new Elysia({ name: 'erasure', tags: ['users'] }).use(guard(tools)).delete(
    '/users/me',
    async ({ scope, body, set }) => {
      await eraseAccount(scope, body ?? {})
      set.headers['set-cookie'] = clearedCookies(tools)
      set.status = 204
    },
    {
      auth: true,
      body: Type.Optional(Erasure),
      detail: { summary: 'Erase the account; `messages` keep or delete' },
    },
  )
