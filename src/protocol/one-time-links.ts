import { type Static, Type } from '@sinclair/typebox'
import { DisplayName, Email, GlobalRole, Time, Username } from './fields.ts'
import { User } from './users.ts'

const closed = { additionalProperties: false }

/** The end of a one-time link. It is in the fragment, which no server and no proxy logs. */
const LinkToken = Type.String({ minLength: 1, maxLength: 128, examples: ['q7Xw…'] })

const NewPassword = Type.String({
  maxLength: 1024,
  examples: ['and again at half past ten'],
  description: '8–1,024 characters. Common passwords are refused.',
})

export const Forgot = Type.Object({ email: Email }, { $id: 'Forgot', ...closed })

export const Reset = Type.Object({ token: LinkToken, password: NewPassword }, { $id: 'Reset', ...closed })
export type Reset = Static<typeof Reset>

/** With `password`, it is the new one, and every other session ends. */
export const LinkSignIn = Type.Object(
  { token: LinkToken, password: Type.Optional(NewPassword) },
  { $id: 'LinkSignIn', ...closed },
)
export type LinkSignIn = Static<typeof LinkSignIn>

/** It signs in everybody who opens it first: give it to nobody but its person. */
export const SignInLink = Type.Object(
  {
    link: Type.String({
      examples: ['https://chat.example.org/#sign-in=q7Xw…'],
      description: 'Only in this response: the server stores a hash of it.',
    }),
    expires_at: Time,
  },
  { $id: 'SignInLink' },
)
export type SignInLink = Static<typeof SignInLink>

/** `username` or `email` may be missing, not both. Without `username`, one is made. */
export const NewUser = Type.Object(
  {
    username: Type.Optional(Username),
    email: Type.Optional(Email),
    display_name: Type.Optional(DisplayName),
    role: Type.Optional(GlobalRole),
  },
  { $id: 'NewUser', ...closed },
)
export type NewUser = Static<typeof NewUser>

/** The account has no password until its person sets one: with this link, a newer one, or the mail of a forgotten password. */
export const CreatedUser = Type.Object(
  { user: User, link: SignInLink.properties.link, expires_at: Time },
  { $id: 'CreatedUser' },
)
export type CreatedUser = Static<typeof CreatedUser>
