import { type Static, Type } from '@sinclair/typebox'
import { Prose, Time, timeOf } from './fields.ts'
import { File } from './files.ts'
import { Author } from './users.ts'

const closed = { additionalProperties: false }
const aReason = 'Advertising'

export const NewReport = Type.Object(
  { reason: Prose(1000, aReason, 'What is wrong with the message. Not blank.') },
  { $id: 'NewReport', ...closed },
)
export type NewReport = Static<typeof NewReport>

const ReportState = Type.Union([Type.Literal('open'), Type.Literal('resolved'), Type.Literal('dismissed')], {
  examples: ['open'],
  description: 'resolved: something was done about it · dismissed: nothing was wrong.',
})

export const Report = Type.Object(
  {
    id: Type.String({ examples: ['01a1b2c3'] }),
    room: Type.String({ examples: ['general'] }),
    title: Type.String({
      examples: ['General'],
      description: 'The title of the room. Of a direct room, the usernames of its people.',
    }),
    direct: Type.Optional(
      Type.Literal(true, { description: 'The message is in a direct room. Absent otherwise.' }),
    ),
    seq: Type.Integer({ examples: [3], description: 'The `seq` of the message.' }),
    author: Author,
    content: Type.String({
      examples: ['Buy my boat!'],
      description: 'The text of the message when it was reported. Empty if it was deleted since.',
    }),
    files: Type.Optional(
      Type.Array(Type.Pick(File, ['id', 'name', 'type', 'bytes']), {
        description:
          'The files of the message. Absent if it has none, and if it was deleted since: they were deleted with it.',
      }),
    ),
    deleted: Type.Optional(
      Type.Literal(true, { description: 'The message was deleted since. Absent otherwise.' }),
    ),
    reporter: Author,
    reason: Type.String({ examples: [aReason] }),
    created_at: Time,
    state: ReportState,
    closed_by: Type.Optional(Author),
    closed_at: Type.Optional(timeOf('When it was resolved or dismissed. Absent while it is open.')),
  },
  { $id: 'Report' },
)
export type Report = Static<typeof Report>

export const ReportQuery = Type.Object(
  {
    state: Type.Optional(
      Type.Union([Type.Literal('open'), Type.Literal('closed')], {
        description: 'open by default. closed: resolved or dismissed.',
      }),
    ),
    before: Type.Optional(Type.String({ maxLength: 64, description: '`next` of the previous page.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 50 by default.' }),
    ),
  },
  closed,
)
export type ReportQuery = Static<typeof ReportQuery>

export const OpenReports = Type.Integer({ examples: [1], description: 'How many open reports you can see.' })

export const ReportPage = Type.Object(
  {
    items: Type.Array(Report),
    open: OpenReports,
    next: Type.Optional(Type.String({ examples: ['01a1b2c3'] })),
  },
  { $id: 'ReportPage' },
)
export type ReportPage = Static<typeof ReportPage>

export const ReportChange = Type.Object(
  { state: Type.Union([Type.Literal('resolved'), Type.Literal('dismissed')], { examples: ['resolved'] }) },
  { $id: 'ReportChange', ...closed },
)
export type ReportChange = Static<typeof ReportChange>

export const Reported = Type.Object({ id: Type.String({ examples: ['01a1b2c3'] }) }, { $id: 'Reported' })
