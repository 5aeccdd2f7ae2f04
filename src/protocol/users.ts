import { type Static, Type } from '@sinclair/typebox'
import { DisplayName, Email, GlobalRole, Prose, Time, timeOf, Username } from './fields.ts'
import { Avatar } from './files.ts'
import { ProfileChangeFields, ProfileFields } from './profile.ts'
import { QuietHours } from './quiet-hours.ts'

const closed = { additionalProperties: false }
const password = 'the tide turns at four'

/** The person who wrote a message or did something. */
export const Author = Type.Object(
  {
    username: Type.String({ examples: ['ben'] }),
    display_name: Type.String({ examples: ['Ben'] }),
    avatar: Type.Optional(Avatar('their')),
  },
  { $id: 'Author' },
)
export type Author = Static<typeof Author>

export const DirectFrom = Type.Union(
  [Type.Literal('everyone'), Type.Literal('shared'), Type.Literal('nobody')],
  {
    examples: ['shared'],
    description: 'Who can open a direct room with this user. shared: people who are in a room with them.',
  },
)

const BanReason = Prose(500, 'Advertising in every room', 'The banned person sees it.')

/** An empty `reason` is none. */
export const BanRequest = Type.Object(
  {
    reason: Type.Optional(BanReason),
    until: Type.Optional(timeOf('When the ban ends by itself. Without it, it has no end.')),
  },
  { $id: 'BanRequest', ...closed },
)
export type BanRequest = Static<typeof BanRequest>

/** In a user, and in the event that ends the session. */
export const BanFields = {
  ban_reason: Type.Optional(
    Type.String({ examples: ['Advertising in every room'], description: 'Absent if no reason was given.' }),
  ),
  banned_until: Type.Optional(
    timeOf('When the ban ends by itself. Absent if only an administrator can end it.'),
  ),
}

/** A user as others see them. */
export const User = Type.Object(
  {
    id: Type.String({ examples: ['01a1b2c3'], description: 'Opaque and permanent.' }),
    username: Type.String({ examples: ['ben'] }),
    display_name: Type.String({ examples: ['Ben'] }),
    avatar: Type.Optional(Avatar('their')),
    email: Type.Optional(
      Type.String({
        examples: ['ben@example.org'],
        description: 'Only the user and administrators get this field.',
      }),
    ),
    email_confirmed: Type.Optional(
      Type.Boolean({
        description:
          'Whether the person has confirmed this address by the link in a mail. Absent if not; only the user and administrators get it.',
      }),
    ),
    ...ProfileFields,
    bot: Type.Optional(Type.Boolean({ description: 'Whether this is a program. Absent for people.' })),
    roles: Type.Array(GlobalRole, { examples: [['user']] }),
    created_at: Time,
    direct_from: Type.Optional(DirectFrom),
    quiet_hours: Type.Optional(QuietHours),
    banned: Type.Optional(Type.Boolean({ description: 'Only administrators get this field.' })),
    ...BanFields,
  },
  { $id: 'User' },
)
export type User = Static<typeof User>

/** `username` or `email` may be missing, not both. Without `username`, one is made; the response has it. */
export const SignUp = Type.Object(
  {
    username: Type.Optional(Username),
    email: Type.Optional(Email),
    password: Type.String({
      maxLength: 1024,
      examples: [password],
      description: '8–1,024 characters. Common passwords are refused.',
    }),
    display_name: Type.Optional(DisplayName),
    role: Type.Optional(GlobalRole),
  },
  { $id: 'SignUp', ...closed },
)
export type SignUp = Static<typeof SignUp>

/** With SIGNUP=invite, a new person needs the code of an invite. */
export const SignUpQuery = Type.Object({ invite: Type.Optional(Type.String({ maxLength: 128 })) }, closed)

const Password = Type.String({ maxLength: 1024, examples: [password] })

/** `username` also accepts the email address. */
export const Login = Type.Object(
  {
    username: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
    email: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
    password: Password,
  },
  { $id: 'Login', ...closed, examples: [{ username: 'ben', password }] },
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
  { $id: 'TokenRequest', ...closed, examples: [{ grant_type: 'password', username: 'ben', password }] },
)
export type TokenRequest = Static<typeof TokenRequest>

/** Without `refresh_token`, the cookie of the session is used. */
export const Refresh = Type.Object(
  { refresh_token: Type.Optional(Type.String({ maxLength: 512, examples: ['01a1…'] })) },
  { $id: 'Refresh', ...closed },
)

export const SetUp = Type.Object(
  {
    code: Type.String({ maxLength: 128, examples: ['8Yy…'] }),
    username: Type.Optional(Username),
    email: Type.Optional(Email),
    password: Password,
  },
  { $id: 'SetUp', ...closed },
)
export type SetUp = Static<typeof SetUp>

export const ProfileChange = Type.Object(
  {
    display_name: Type.Optional(DisplayName),
    email: Type.Optional(Email),
    direct_from: Type.Optional(DirectFrom),
    ...ProfileChangeFields,
  },
  { $id: 'ProfileChange', ...closed, minProperties: 1 },
)
export type ProfileChange = Static<typeof ProfileChange>

const CurrentPassword = Type.Optional(
  Type.String({
    maxLength: 1024,
    examples: [password],
    description:
      'Required unless you signed in to this session within the last 10 minutes. Without it: 403 `confirm_password`.',
  }),
)

/** To change `email` you need `current_password`, or a session that is less than 10 minutes old. */
export const OwnProfileChange = Type.Object(
  {
    ...ProfileChange.properties,
    quiet_hours: Type.Optional(QuietHours),
    current_password: CurrentPassword,
  },
  { $id: 'OwnProfileChange', ...closed, minProperties: 1 },
)
export type OwnProfileChange = Static<typeof OwnProfileChange>

/** RFC 6749 section 5.1. */
export const TokenPair = Type.Object(
  {
    access_token: Type.String({ examples: ['eyJ…'] }),
    refresh_token: Type.String({ examples: ['01a1…'] }),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ examples: [900], description: 'Seconds until the access token expires.' }),
  },
  { $id: 'TokenPair' },
)
export type TokenPair = Static<typeof TokenPair>

export const SignedIn = Type.Composite([Type.Object({ user: User }), TokenPair], { $id: 'SignedIn' })
export type SignedIn = Static<typeof SignedIn>

/** The response to `X-Session: cookie`: the tokens are in cookies, where no script can read them. */
export const CookieSession = Type.Object(
  {
    user: User,
    token_type: Type.Literal('cookie'),
    expires_in: Type.Integer({ examples: [900], description: 'Seconds until the access token expires.' }),
  },
  { $id: 'CookieSession' },
)
export type CookieSession = Static<typeof CookieSession>

/** `token_type` says which: cookies only with the header `X-Session: cookie`, for web pages. */
export const Entered = Type.Union([SignedIn, CookieSession], { $id: 'Entered' })
export type Entered = Static<typeof Entered>

export const Ticket = Type.Object(
  {
    ticket: Type.String({ examples: ['yBN…'] }),
    expires_in: Type.Integer({ examples: [30], description: 'Seconds until the ticket expires.' }),
  },
  { $id: 'Ticket' },
)

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
export const BotPage = Type.Object({ items: Type.Array(User) }, { $id: 'BotPage' })

export const UserPage = Type.Object(
  { items: Type.Array(User), next: Type.Optional(Type.String({ examples: ['ben'] })) },
  { $id: 'UserPage' },
)

export const PasswordChange = Type.Object(
  {
    current_password: Password,
    new_password: Type.String({ maxLength: 1024, examples: ['and again at half past ten'] }),
  },
  { $id: 'PasswordChange', ...closed },
)

/** How an account is erased. */
export const Erasure = Type.Object(
  {
    messages: Type.Optional(
      Type.Union([Type.Literal('keep'), Type.Literal('delete')], {
        examples: ['keep'],
        description: 'Whether the messages of this person stay or are deleted. keep by default.',
      }),
    ),
    current_password: CurrentPassword,
  },
  { $id: 'Erasure', ...closed },
)
export type Erasure = Static<typeof Erasure>

export const Session = Type.Object(
  {
    id: Type.String({ examples: ['01a1b2c3'] }),
    user_agent: Type.String({ examples: ['Mozilla/5.0'] }),
    created_at: Time,
    used_at: Time,
    expires_at: Time,
    current: Type.Boolean({ description: 'Whether this is the session of this request.' }),
    push: Type.Optional(
      Type.Array(Type.String({ examples: ['01a1b2c3d4e5f6g7'] }), {
        description: 'The ids of its subscriptions to push messages, if it has any.',
      }),
    ),
  },
  { $id: 'Session' },
)
export type Session = Static<typeof Session>
export const SessionPage = Type.Object({ items: Type.Array(Session) }, { $id: 'SessionPage' })

export const BlockPage = Type.Object({ items: Type.Array(Author) }, { $id: 'BlockPage' })
