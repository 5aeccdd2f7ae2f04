import { Type } from '@sinclair/typebox'
import { Nothing } from '../fields.ts'
import type { Route } from '../route.ts'
import { AuditPage, AuditQuery, BanRequest, ProfileChange, User, UserPage, UserQuery } from '../users.ts'

const admins = { access: 'admin', permit: 'admin' } as const

export const administrationRoutes = {
  'GET /users': {
    summary: 'List all users (administrators only)',
    ...admins,
    budget: 'read',
    query: UserQuery,
    reply: UserPage,
  },
  'PATCH /users/:username': {
    summary: 'Change somebody’s profile (administrators only)',
    ...admins,
    budget: 'write',
    body: ProfileChange,
    reply: User,
  },
  'PUT /users/:username/roles/:role': {
    summary: 'Grant a role (administrators only)',
    access: 'admin',
    // An API token may not: the administrators that it created would outlive it.
    permit: 'person',
    budget: 'write',
    body: Nothing,
  },
  'DELETE /users/:username/roles/:role': {
    summary: 'Revoke a role (administrators only)',
    ...admins,
    budget: 'write',
  },
  'PUT /users/:username/ban': {
    summary: 'Ban a user, or change a ban (administrators only)',
    description:
      'All sessions and sockets of the user end at once. The next sign-in with the correct password is refused with 403 `account_banned`, whose `params` have `reason` and `until`. At `until` the ban ends by itself.',
    ...admins,
    budget: 'write',
    body: Type.Optional(BanRequest),
  },
  'DELETE /users/:username/ban': {
    summary: 'Unban a user (administrators only)',
    ...admins,
    budget: 'write',
  },
  'GET /audit': {
    summary: 'List administrative actions, newest first (administrators only)',
    ...admins,
    budget: 'read',
    query: AuditQuery,
    reply: AuditPage,
  },
} as const satisfies Record<string, Route>
