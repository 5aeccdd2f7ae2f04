import { Type } from '@sinclair/typebox'
import { Nothing } from '../fields.ts'
import type { Route } from '../route.ts'
import { BlockPage, Erasure, OwnProfileChange, PasswordChange, User } from '../users.ts'

export const userRoutes = {
  'GET /users/me': { summary: 'Oneself', permit: 'read', reply: User },
  'PATCH /users/me': {
    summary: 'Change display name, email address (confirmed by password), who may write directly',
    permit: 'person',
    body: OwnProfileChange,
    reply: User,
  },
  'DELETE /users/me': {
    summary: 'Erase the account, confirmed by password; `messages` keep or delete',
    permit: 'person',
    body: Type.Optional(Erasure),
  },
  'PUT /users/me/password': {
    summary: 'Change the password; every other session ends',
    permit: 'person',
    body: PasswordChange,
  },
  'GET /users/me/blocks': { summary: 'Whom one has blocked', permit: 'person', reply: BlockPage },
  'PUT /users/me/blocks/:username': { summary: 'Block somebody', permit: 'person', body: Nothing },
  'DELETE /users/me/blocks/:username': { summary: 'Unblock somebody', permit: 'person' },
  'GET /users/:username': { summary: 'Somebody', permit: 'read', reply: User },
} as const satisfies Record<string, Route>
