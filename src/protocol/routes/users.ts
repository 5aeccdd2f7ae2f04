import { Type } from '@sinclair/typebox'
import { Nothing } from '../fields.ts'
import type { Route } from '../route.ts'
import { BlockPage, Erasure, OwnProfileChange, PasswordChange, User } from '../users.ts'

export const userRoutes = {
  'GET /users/me': {
    summary: 'Get your user',
    description: 'With your email address, which others do not see.',
    permit: 'read',
    budget: 'read',
    reply: User,
  },
  'PATCH /users/me': {
    summary:
      'Change your display name, who may send you direct messages, or your email address (a new address needs your password)',
    permit: 'person',
    budget: 'write',
    body: OwnProfileChange,
    reply: User,
  },
  'DELETE /users/me': {
    summary: 'Delete your account (needs your password), and your messages if you choose `delete`',
    permit: 'person',
    budget: 'account',
    body: Type.Optional(Erasure),
  },
  'PUT /users/me/password': {
    summary: 'Change your password and end every other session',
    description: 'The session of this request goes on.',
    permit: 'person',
    budget: 'account',
    body: PasswordChange,
  },
  'GET /users/me/blocks': {
    summary: 'List the people you have blocked',
    permit: 'person',
    budget: 'read',
    reply: BlockPage,
  },
  'PUT /users/me/blocks/:username': {
    summary: 'Block somebody',
    permit: 'person',
    budget: 'create',
    body: Nothing,
  },
  'DELETE /users/me/blocks/:username': { summary: 'Unblock somebody', permit: 'person', budget: 'write' },
  'GET /users/:username': { summary: 'Get a user', permit: 'read', budget: 'read', reply: User },
} as const satisfies Record<string, Route>
