import { type Static, Type } from '@sinclair/typebox'
import { Time } from './fields.ts'

const closed = { additionalProperties: false }

export const AuditEntry = Type.Object(
  {
    id: Type.Integer({ examples: [7] }),
    at: Time,
    actor: Type.Optional(
      Type.String({
        examples: ['ada'],
        description: 'The username of the person who did it. Absent for the operator on the command line.',
      }),
    ),
    action: Type.String({ examples: ['user.banned'] }),
    subject: Type.Optional(
      Type.String({ examples: ['dan'], description: 'The username of the person it was done to.' }),
    ),
    room: Type.Optional(Type.String()),
    detail: Type.Optional(Type.Unknown()),
  },
  { $id: 'AuditEntry' },
)
export type AuditEntry = Static<typeof AuditEntry>
export const AuditPage = Type.Object(
  { items: Type.Array(AuditEntry), next: Type.Optional(Type.Integer({ examples: [7] })) },
  { $id: 'AuditPage' },
)
export const AuditQuery = Type.Object(
  {
    before: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: '`next` of the previous page.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 50 by default.' }),
    ),
  },
  closed,
)
