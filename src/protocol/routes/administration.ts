import { Nothing } from '../fields.ts'
import type { Route } from '../route.ts'
import { AuditPage, AuditQuery, ProfileChange, User, UserPage, UserQuery } from '../users.ts'

const admins = { access: 'admin', permit: 'admin' } as const

export const administrationRoutes = {
  'GET /users': { summary: 'All users: admins', ...admins, query: UserQuery, reply: UserPage },
  'PATCH /users/:username': {
    summary: 'Change a profile: admins',
    ...admins,
    body: ProfileChange,
    reply: User,
  },
  'PUT /users/:username/roles/:role': {
    summary: 'Grant a role: admins',
    access: 'admin',
    // The administrator that a token made would outlive it.
    permit: 'person',
    body: Nothing,
  },
  'DELETE /users/:username/roles/:role': { summary: 'Revoke a role: admins', ...admins },
  'PUT /users/:username/ban': { summary: 'Ban: admins', ...admins, body: Nothing },
  'DELETE /users/:username/ban': { summary: 'Lift a ban: admins', ...admins },
  'GET /audit': {
    summary: 'Every administrative act, newest first: admins',
    ...admins,
    query: AuditQuery,
    reply: AuditPage,
  },
} as const satisfies Record<string, Route>
