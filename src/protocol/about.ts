import { type Static, Type } from '@sinclair/typebox'
import { Community } from './community.ts'

/** What `GET /` tells a client that asks for JSON. */
export const About = Type.Object(
  {
    name: Type.Literal('Parley'),
    community: Type.Optional(Community),
    version: Type.String({ examples: ['0.1.0'] }),
    signup: Type.Union([Type.Literal('open'), Type.Literal('invite'), Type.Literal('closed')], {
      description: 'Who may sign up.',
    }),
    signup_email: Type.Union([Type.Literal('optional'), Type.Literal('required')], {
      description: 'Whether a new account needs an email address.',
    }),
    mail: Type.Boolean({
      description: 'Whether this server sends mail: without it, a forgotten password needs an administrator.',
    }),
    health: Type.String({ examples: ['/health'] }),
    docs: Type.Optional(Type.String({ examples: ['/swagger'], description: 'Absent with SWAGGER=off.' })),
    openapi: Type.Optional(Type.String({ examples: ['/openapi.json'] })),
    asyncapi: Type.Optional(Type.String({ examples: ['/asyncapi.json'] })),
  },
  { $id: 'About' },
)
export type About = Static<typeof About>
