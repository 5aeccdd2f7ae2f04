import { type Static, Type } from '@sinclair/typebox'
import { DisplayName, Email, GlobalRole, Time, Username } from './fields.ts'

const closed = { additionalProperties: false }

/** The person or bot who wrote or did something. */
export const Author = Type.Object({ username: Type.String(), display_name: Type.String() }, { $id: 'Author' })
export type Author = Static<typeof Author>

export const DirectFrom = Type.Union(
  [Type.Literal('everyone'), Type.Literal('shared'), Type.Literal('nobody')],
  {
    description:
      'Who may open a direct room with this user: everyone, people who share a room with them, nobody.',
  },
)

/** A user as others see them; `email` only for the user themselves and for administrators. */
export const User = Type.Object(
  {
    id: Type.String({ description: 'Opaque, never changes.' }),
    username: Type.String(),
    display_name: Type.String(),
    email: Type.Optional(Type.String()),
    bot: Type.Optional(Type.Boolean({ description: 'A program; absent for people.' })),
    roles: Type.Array(GlobalRole),
    created_at: Time,
    direct_from: Type.Optional(DirectFrom),
    banned: Type.Optional(Type.Boolean({ description: 'Only for admins.' })),
  },
  { $id: 'User' },
)
export type User = Static<typeof User>

export const SignUp = Type.Object(
  {
    username: Username,
    email: Email,
    password: Type.String({ maxLength: 1024, description: '8–1,024 characters; common ones are refused.' }),
    display_name: Type.Optional(DisplayName),
    role: Type.Optional(GlobalRole),
  },
  closed,
)
export type SignUp = Static<typeof SignUp>

/** With SIGNUP=invite, a new user needs the code of an invite. */
export const SignUpQuery = Type.Object({ invite: Type.Optional(Type.String({ maxLength: 128 })) }, closed)

const Password = Type.String({ maxLength: 1024 })

/** `username` may hold the email address too. */
export const Login = Type.Object(
  {
    username: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
    email: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
    password: Password,
  },
  closed,
)
export type Login = Static<typeof Login>

/** RFC 6749 sections 4.3.2 and 6, as form fields. */
export const TokenRequest = Type.Object(
  {
    grant_type: Type.Optional(Type.Union([Type.Literal('password'), Type.Literal('refresh_token')])),
    username: Type.Optional(Type.String({ maxLength: 254 })),
    password: Type.Optional(Password),
    refresh_token: Type.Optional(Type.String({ maxLength: 512 })),
    scope: Type.Optional(Type.String({ maxLength: 512 })),
    client_id: Type.Optional(Type.String({ maxLength: 512 })),
    client_secret: Type.Optional(Type.String({ maxLength: 512 })),
  },
  closed,
)
export type TokenRequest = Static<typeof TokenRequest>

/** Without `refresh_token`, the cookie is used. */
export const Refresh = Type.Object({ refresh_token: Type.Optional(Type.String({ maxLength: 512 })) }, closed)

export const SetUp = Type.Object(
  { code: Type.String({ maxLength: 128 }), username: Username, email: Email, password: Password },
  closed,
)

export const ProfileChange = Type.Object(
  {
    display_name: Type.Optional(DisplayName),
    email: Type.Optional(Email),
    direct_from: Type.Optional(DirectFrom),
  },
  { ...closed, minProperties: 1 },
)
export type ProfileChange = Static<typeof ProfileChange>

const CurrentPassword = Type.Optional(
  Type.String({
    maxLength: 1024,
    description:
      'Without it the session must have signed in within the last 10 minutes; else 403 `confirm_password`.',
  }),
)

/** A new `email` needs `current_password`, or a session that signed in within the last 10 minutes. */
export const OwnProfileChange = Type.Object(
  { ...ProfileChange.properties, current_password: CurrentPassword },
  { ...closed, minProperties: 1 },
)
export type OwnProfileChange = Static<typeof OwnProfileChange>

/** RFC 6749 section 5.1. */
export const TokenPair = Type.Object({
  access_token: Type.String(),
  refresh_token: Type.String(),
  token_type: Type.Literal('bearer'),
  expires_in: Type.Integer({ description: 'Seconds until the access token expires.' }),
})
export type TokenPair = Static<typeof TokenPair>

export const SignedIn = Type.Composite([Type.Object({ user: User }), TokenPair])
export type SignedIn = Static<typeof SignedIn>

/** The response to a request with `X-Session: cookie`: without tokens that a script could read. */
export const CookieSession = Type.Object({
  user: User,
  token_type: Type.Literal('cookie'),
  expires_in: Type.Integer(),
})
export type CookieSession = Static<typeof CookieSession>

export const Ticket = Type.Object({ ticket: Type.String(), expires_in: Type.Integer() })

export const UserQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({ maxLength: 128, description: 'Part of a username, display name or email.' }),
    ),
    after: Type.Optional(Type.String({ maxLength: 128 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  closed,
)
/** Not in pages, because a community has few bots. */
export const BotPage = Type.Object({ items: Type.Array(User) })

export const UserPage = Type.Object({ items: Type.Array(User), next: Type.Optional(Type.String()) })

export const PasswordChange = Type.Object({ current_password: Password, new_password: Password }, closed)

/** Whether to keep or delete the account's messages, and the password that confirms the erasure. */
export const Erasure = Type.Object(
  {
    messages: Type.Optional(Type.Union([Type.Literal('keep'), Type.Literal('delete')])),
    current_password: CurrentPassword,
  },
  closed,
)
export type Erasure = Static<typeof Erasure>

export const Session = Type.Object(
  {
    id: Type.String(),
    user_agent: Type.String(),
    created_at: Time,
    used_at: Time,
    expires_at: Time,
    current: Type.Boolean({ description: 'Whether it is the session of this request.' }),
  },
  { $id: 'Session' },
)
export type Session = Static<typeof Session>
export const SessionPage = Type.Object({ items: Type.Array(Session) })

export const BlockPage = Type.Object({ items: Type.Array(Author) })

export const AuditEntry = Type.Object(
  {
    id: Type.Integer(),
    at: Time,
    actor: Type.Optional(
      Type.String({ description: 'Username; absent for the operator on the command line.' }),
    ),
    action: Type.String(),
    subject: Type.Optional(Type.String({ description: 'Username of the person it was done to.' })),
    room: Type.Optional(Type.String()),
    detail: Type.Optional(Type.Unknown()),
  },
  { $id: 'AuditEntry' },
)
export type AuditEntry = Static<typeof AuditEntry>
export const AuditPage = Type.Object({ items: Type.Array(AuditEntry), next: Type.Optional(Type.Integer()) })
export const AuditQuery = Type.Object(
  {
    before: Type.Optional(Type.Integer({ minimum: 1 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  closed,
)
