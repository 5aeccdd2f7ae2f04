import { type Static, Type } from '@sinclair/typebox'
import { DisplayName, Name, Time, Username } from './fields.ts'

const closed = { additionalProperties: false }

/** What an API token is allowed to do. No scope includes another: a bot that replies needs `read` and `write`. */
export const TokenScope = Type.Union(
  [Type.Literal('read'), Type.Literal('write'), Type.Literal('rooms'), Type.Literal('admin')],
  {
    description:
      'read: get everything and receive events · write: send messages, react, type, mark as read, join and leave rooms · rooms: create and change rooms, their members, invites and webhooks · admin: do what administrators do.',
  },
)
export type TokenScope = Static<typeof TokenScope>

const Scopes = Type.Array(TokenScope, {
  minItems: 1,
  maxItems: 4,
  uniqueItems: true,
  examples: [['read', 'write']],
})

export const NewToken = Type.Object(
  {
    name: Name(100, 'The tide table', 'What the token is for. Not blank.'),
    scopes: Scopes,
    expires_in_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3650,
        examples: [30],
        description: 'Days until it expires. 365 by default.',
      }),
    ),
  },
  { $id: 'NewToken', ...closed },
)
export type NewToken = Static<typeof NewToken>

const listed = {
  id: '01a1b2c3',
  name: 'The tide table',
  scopes: ['read', 'write'],
  created_at: '2026-11-20T19:42:04.946Z',
  expires_at: '2026-12-20T19:42:04.946Z',
}

/** A token for programs. It acts for its user, within its scopes. */
export const ApiToken = Type.Object(
  {
    id: Type.String({ examples: ['01a1b2c3'] }),
    name: Type.String({ examples: ['The tide table'] }),
    scopes: Type.Array(TokenScope, { examples: [['read', 'write']] }),
    created_at: Time,
    used_at: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'When it was last used, to the minute. Absent if it was never used.',
      }),
    ),
    expires_at: Time,
    token: Type.Optional(
      Type.String({ description: 'The secret. Only in the response that creates the token.' }),
    ),
  },
  { $id: 'ApiToken', examples: [{ ...listed, token: 'parley_8Yy…' }, listed] },
)
export type ApiToken = Static<typeof ApiToken>

export const TokenPage = Type.Object({ items: Type.Array(ApiToken) }, { $id: 'TokenPage' })

/** A bot is a user without a password. It signs in with API tokens only. */
export const NewBot = Type.Object(
  { username: Username, display_name: Type.Optional(DisplayName) },
  { $id: 'NewBot', ...closed, examples: [{ username: 'echo', display_name: 'Echo' }] },
)
export type NewBot = Static<typeof NewBot>
