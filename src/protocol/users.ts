import { type Static, Type } from '@sinclair/typebox'
import { DisplayName, Email, GlobalRole, Time, Username } from './fields.ts'

const closed = { additionalProperties: false }

/** The person who wrote a message or did something. */
export const Author = Type.Object({ username: Type.String(), display_name: Type.String() }, { $id: 'Author' })
export type Author = Static<typeof Author>

export const DirectFrom = Type.Union(
  [Type.Literal('everyone'), Type.Literal('shared'), Type.Literal('nobody')],
  { description: 'Who can open a direct room with this user. shared: people who are in a room with them.' },
)

/** A user as others see them. */
export const User = Type.Object(
  {
    id: Type.String({ description: 'Opaque and permanent.' }),
    username: Type.String(),
    display_name: Type.String(),
    email: Type.Optional(Type.String({ description: 'Only the user and administrators get this field.' })),
    bot: Type.Optional(Type.Boolean({ description: 'Whether this is a program. Absent for people.' })),
    roles: Type.Array(GlobalRole),
    created_at: Time,
    direct_from: Type.Optional(DirectFrom),
    banned: Type.Optional(Type.Boolean({ description: 'Only administrators get this field.' })),
  },
  { $id: 'User' },
)
export type User = Static<typeof User>

export const SignUp = Type.Object(
  {
    username: Username,
    email: Email,
    password: Type.String({
      maxLength: 1024,
      description: '8–1,024 characters. Common passwords are refused.',
    }),
    display_name: Type.Optional(DisplayName),
    role: Type.Optional(GlobalRole),
  },
  closed,
)
export type SignUp = Static<typeof SignUp>

/** With SIGNUP=invite, a new person needs the code of an invite. */
export const SignUpQuery = Type.Object({ invite: Type.Optional(Type.String({ maxLength: 128 })) }, closed)

const Password = Type.String({ maxLength: 1024 })

/** `username` also accepts the email address. */
export const Login = Type.Object(
  {
    username: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
    email: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
    password: Password,
  },
  closed,
)
export type Login = Static<typeof Login>

/** The form fields of RFC 6749, sections 4.3.2 and 6. */
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

/** Without `refresh_token`, the cookie of the session is used. */
export const Refresh = Type.Object({ refresh_token: Type.Optional(Type.String({ maxLength: 512 })) }, closed)

export const SetUp = Type.Object(
  { code: Type.String({ maxLength: 128 }), username: Username, email: Email, password: Password },
  closed,
)
export type SetUp = Static<typeof SetUp>

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
      'Required unless you signed in to this session within the last 10 minutes. Without it: 403 `confirm_password`.',
  }),
)

/** To change `email` you need `current_password`, or a session that is less than 10 minutes old. */
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

/** The response to `X-Session: cookie`: the tokens are in cookies, where no script can read them. */
export const CookieSession = Type.Object({
  user: User,
  token_type: Type.Literal('cookie'),
  expires_in: Type.Integer({ description: 'Seconds until the access token expires.' }),
})
export type CookieSession = Static<typeof CookieSession>

export const Ticket = Type.Object({
  ticket: Type.String(),
  expires_in: Type.Integer({ description: 'Seconds until the ticket expires.' }),
})

export const UserQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({ maxLength: 128, description: 'Part of a username, display name or email address.' }),
    ),
    after: Type.Optional(Type.String({ maxLength: 128, description: '`next` of the previous page.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 100 by default.' }),
    ),
  },
  closed,
)
/** All bots, without pages: a community has few. */
export const BotPage = Type.Object({ items: Type.Array(User) })

export const UserPage = Type.Object({ items: Type.Array(User), next: Type.Optional(Type.String()) })

export const PasswordChange = Type.Object({ current_password: Password, new_password: Password }, closed)

/** How an account is erased. */
export const Erasure = Type.Object(
  {
    messages: Type.Optional(
      Type.Union([Type.Literal('keep'), Type.Literal('delete')], {
        description: 'Whether the messages of this person stay or are deleted. keep by default.',
      }),
    ),
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
    current: Type.Boolean({ description: 'Whether this is the session of this request.' }),
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
      Type.String({
        description: 'The username of the person who did it. Absent for the operator on the command line.',
      }),
    ),
    action: Type.String(),
    subject: Type.Optional(Type.String({ description: 'The username of the person it was done to.' })),
    room: Type.Optional(Type.String()),
    detail: Type.Optional(Type.Unknown()),
  },
  { $id: 'AuditEntry' },
)
export type AuditEntry = Static<typeof AuditEntry>
export const AuditPage = Type.Object({ items: Type.Array(AuditEntry), next: Type.Optional(Type.Integer()) })
export const AuditQuery = Type.Object(
  {
    before: Type.Optional(Type.Integer({ minimum: 1, description: '`next` of the previous page.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 50 by default.' }),
    ),
  },
  closed,
)
