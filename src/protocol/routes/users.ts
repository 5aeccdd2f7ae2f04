import { Type } from '@sinclair/typebox'
import { Arrangement, ArrangementChange } from '../arrangements.ts'
import { ExportQuery } from '../exports.ts'
import { Nothing } from '../fields.ts'
import { Keywords, KeywordsChange } from '../keywords.ts'
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
      'Change your display name, your profile, your status, who may send you direct messages, or your email address (a new address needs your password)',
    description:
      'A field that is absent stays as it is. Those who share a room with you hear of a new name and a new status by `profile.changed`.',
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
  'GET /users/me/export': {
    summary: 'Download what is stored about you, as a zip file',
    description:
      'Your profile, sessions, tokens, blocks, rooms, your own messages and reactions, and your direct conversations as a whole: as JSON, and as pages that a browser opens without a network. The file is sent while it is made. When you lose the right to read something in the meantime, the connection is cut and the file has no end. One export of a user at a time.',
    // An API token may not: it is made for a few things, and this is everything.
    permit: 'person',
    budget: 'export',
    query: ExportQuery,
    replyIs: 'zip',
  },
  'PUT /users/me/password': {
    summary: 'Change your password and end every other session',
    description: 'The session of this request goes on.',
    permit: 'person',
    budget: 'account',
    body: PasswordChange,
  },
  'GET /users/me/keywords': {
    summary: 'List your keywords',
    description: 'A message that has one of them counts as a mention of you.',
    permit: 'read',
    budget: 'read',
    reply: Keywords,
  },
  'PUT /users/me/keywords': {
    summary: 'Set your keywords',
    description:
      'They replace your previous keywords. A word counts from when you set it. The same word in another case or with other accents is the same keyword. Your own messages, code and bare addresses do not count.',
    permit: 'write',
    budget: 'write',
    body: KeywordsChange,
    reply: Keywords,
  },
  'GET /users/me/arrangement': {
    summary: 'Get how you have arranged your list of rooms',
    permit: 'read',
    budget: 'read',
    reply: Arrangement,
  },
  'PATCH /users/me/arrangement': {
    summary: 'Sort your list of rooms, and create, rename, order and delete your sections of it',
    permit: 'write',
    budget: 'write',
    body: ArrangementChange,
    reply: Arrangement,
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
