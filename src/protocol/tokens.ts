import { type Static, Type } from '@sinclair/typebox'
import { DisplayName, Text, Time, Username } from './fields.ts'

const closed = { additionalProperties: false }

/** What an API token may do. No scope includes another: a bot that replies needs `read` and `write`. */
export const TokenScope = Type.Union(
  [Type.Literal('read'), Type.Literal('write'), Type.Literal('rooms'), Type.Literal('admin')],
  {
    description:
      'read: get data and events · write: messages, reactions, typing, read marks, joining and leaving · rooms: create and change rooms, their members, invites and webhooks · admin: what an administrator may do.',
  },
)
export type TokenScope = Static<typeof TokenScope>

const Scopes = Type.Array(TokenScope, { minItems: 1, maxItems: 4, uniqueItems: true })

export const TokenDraft = Type.Object(
  {
    name: Text(1, 100, 'What it is for, not blank.'),
    scopes: Scopes,
    expires_in_days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 3650, description: 'A year by default.' }),
    ),
  },
  closed,
)
export type TokenDraft = Static<typeof TokenDraft>

/** A token for programs: acts as its user, limited to its scopes. */
export const ApiToken = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    scopes: Type.Array(TokenScope),
    created_at: Time,
    used_at: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Accurate to the minute; absent if it was never used.',
      }),
    ),
    expires_at: Time,
    token: Type.Optional(Type.String({ description: 'Only in the response that creates the token.' })),
  },
  { $id: 'ApiToken' },
)
export type ApiToken = Static<typeof ApiToken>

export const TokenPage = Type.Object({ items: Type.Array(ApiToken) })

/** A user without a password: only API tokens can act as it. */
export const BotDraft = Type.Object({ username: Username, display_name: Type.Optional(DisplayName) }, closed)
export type BotDraft = Static<typeof BotDraft>
