import { type Static, Type } from '@sinclair/typebox'
import { auditActions, auditKinds } from './audit-actions.ts'
import { RoomAddress, Time, timeOf } from './fields.ts'

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
    action: Type.String({ examples: ['user.banned'], description: 'One of a list that grows.' }),
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
const Username = (description: string) =>
  Type.Optional(Type.String({ maxLength: 128, examples: ['ada'], description }))

/** Only entries for which all of it is true. */
const AuditFilterFields = {
  actor: Username('Only what this person did: a username.'),
  subject: Username('Only what was done to this person: a username.'),
  room: Type.Optional(
    Type.String({
      ...RoomAddress,
      description: 'Only what was done in this room, also one that is deleted.',
    }),
  ),
  action: Type.Optional(
    Type.Union(
      [...auditKinds, ...auditActions].map((name) => Type.Literal(name)),
      {
        examples: ['user.banned'],
        description: 'Only this action, such as `user.banned`, or all of a kind: `user`.',
      },
    ),
  ),
  from: Type.Optional(timeOf('Only what was done at this time or later.')),
  to: Type.Optional(timeOf('Only what was done before this time.')),
}
const AuditFilter = Type.Object(AuditFilterFields, closed)
export type AuditFilter = Static<typeof AuditFilter>

export type AuditPage = Static<typeof AuditPage>
export const AuditQuery = Type.Object(
  {
    ...AuditFilterFields,
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

export const AuditExportQuery = Type.Object(
  {
    ...AuditFilterFields,
    format: Type.Optional(
      Type.Union([Type.Literal('csv'), Type.Literal('jsonl')], {
        description:
          '`csv` (the default): a table, in which no cell begins a formula. `jsonl`: an entry as JSON on each line.',
      }),
    ),
  },
  closed,
)
export type AuditExportQuery = Static<typeof AuditExportQuery>
