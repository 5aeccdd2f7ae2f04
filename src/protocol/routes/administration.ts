import { Type } from '@sinclair/typebox'
import { AuditExportQuery, AuditPage, AuditQuery } from '../audit.ts'
import { Community, CommunityChange } from '../community.ts'
import { Nothing } from '../fields.ts'
import { Findings } from '../findings.ts'
import { CreatedUser, NewUser, SignInLink } from '../one-time-links.ts'
import { RoomFactsPage, RoomFactsQuery } from '../room-facts.ts'
import type { Route } from '../route.ts'
import { ServerFacts } from '../server-facts.ts'
import { BanRequest, ProfileChange, User, UserPage, UserQuery } from '../users.ts'

const admins = { access: 'admin', permit: 'admin' } as const

export const administrationRoutes = {
  'GET /users': {
    summary: 'List all users (administrators only)',
    ...admins,
    budget: 'read',
    query: UserQuery,
    reply: UserPage,
  },
  'POST /users': {
    summary: 'Create an account for somebody, and a link that signs them in (administrators only)',
    description:
      'Whatever SIGNUP is. The link works once, within 30 minutes; `POST /users/{username}/sign-in-link` makes another. `POST /auth/signup` by an administrator creates an account with a password instead, and signs in.',
    access: 'admin',
    // An API token may not: the session that the link signs in would outlive it.
    permit: 'person',
    budget: 'create',
    body: NewUser,
    reply: CreatedUser,
    status: 201,
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
  'POST /users/:username/sign-in-link': {
    summary: 'Create a link that signs somebody in, for a forgotten password (administrators only)',
    description:
      'It works once, within 30 minutes, and also lets the person set a new password. A newer link makes the older ones of the person invalid, and so does a ban, a new password, or the end of your administrator role. A bot or somebody who is banned gets none.',
    access: 'admin',
    // An API token may not: the session that it signs in would outlive it.
    permit: 'person',
    budget: 'create',
    body: Nothing,
    reply: SignInLink,
    status: 201,
  },
  'PATCH /community': {
    summary: 'Change the name of the community (administrators only)',
    description:
      'Everybody sees it: `community` of `GET /` and of `hello`, on the sign-in page, in mails. All sockets hear of it by `community.changed`. Its picture has a route of its own.',
    ...admins,
    budget: 'write',
    body: CommunityChange,
    reply: Community,
  },
  'GET /admin/rooms': {
    summary: 'List all rooms with their size, last use and owners (administrators only)',
    description:
      'Also rooms that you are not in; no word of what is said in them. Direct rooms are only counted. An administrator can change, archive, restore and delete each of these rooms (`PATCH` and `DELETE /rooms/{room}`), which the audit log records.',
    ...admins,
    budget: 'read',
    query: RoomFactsQuery,
    reply: RoomFactsPage,
  },
  'GET /admin/server': {
    summary: 'Show what the server runs with, and how much it stores (administrators only)',
    description:
      'The settings that the operator gave, without secrets; they are changed in the environment of the server. Sizes and numbers are counted when they are asked for.',
    ...admins,
    budget: 'read',
    reply: ServerFacts,
  },
  'GET /audit': {
    summary: 'List administrative actions, newest first (administrators only)',
    ...admins,
    budget: 'read',
    query: AuditQuery,
    reply: AuditPage,
  },
  'GET /audit/export': {
    summary: 'Download the audit log as CSV or JSON Lines (administrators only)',
    description:
      'Newest first, with the same filters as `GET /audit`. It is sent while it is read, and cut when you are no longer an administrator. The audit log records it. One export of a user at a time.',
    ...admins,
    budget: 'export',
    query: AuditExportQuery,
    replyIs: 'table',
  },
  'GET /findings': {
    summary: 'List what was found wrong with the stored logs (administrators only)',
    description:
      'What the server noticed when it started or when somebody read a room, and what the last `parley verify` found: somebody changed the database, put back an older one, or it is damaged. It stays until the operator says `parley verify --accept`.',
    ...admins,
    budget: 'read',
    reply: Findings,
  },
} as const satisfies Record<string, Route>
