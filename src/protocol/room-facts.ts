import { type Static, Type } from '@sinclair/typebox'
import { Access, Time, timeOf } from './fields.ts'
import { Avatar } from './files.ts'
import { Author } from './users.ts'

const closed = { additionalProperties: false }

/** What administrators know of every room, also of those they are not in: no word of what is said there. */
export const RoomFacts = Type.Object(
  {
    id: Type.String({ examples: ['general'] }),
    title: Type.String({ examples: ['General'] }),
    avatar: Type.Optional(Avatar('its')),
    access: Access,
    archived: Type.Optional(Type.Boolean({ description: 'Whether the room is read-only.' })),
    members: Type.Integer({ examples: [12], description: 'How many people and bots are in it.' }),
    owners: Type.Array(Author, {
      description: 'Its owners, the longest member first; at most three. Empty: nobody owns it.',
    }),
    head: Type.Integer({
      examples: [3041],
      description: 'How many events its log has had: messages, reactions, people who join, and so on.',
    }),
    file_bytes: Type.Integer({
      examples: [1_048_576],
      description: 'The size of the files of its messages.',
    }),
    created_at: Time,
    last_at: timeOf('When the room was used last: the time of its last event, or of its creation.'),
  },
  { $id: 'RoomFacts' },
)
export type RoomFacts = Static<typeof RoomFacts>

export const RoomFactsPage = Type.Object(
  {
    items: Type.Array(RoomFacts),
    next: Type.Optional(Type.String({ examples: ['1764338400000000.general'] })),
    total: Type.Integer({ examples: [41], description: 'How many rooms the query finds, on all pages.' }),
    directs: Type.Integer({
      examples: [7],
      description: 'How many direct rooms there are. They are counted, never listed.',
    }),
  },
  { $id: 'RoomFactsPage' },
)
export type RoomFactsPage = Static<typeof RoomFactsPage>

export const RoomFactsQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 128, description: 'Part of the title or the id.' })),
    access: Type.Optional(
      Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('admins')], {
        description: 'Only rooms of this access.',
      }),
    ),
    state: Type.Optional(
      Type.Union([Type.Literal('active'), Type.Literal('archived')], {
        description: 'Only rooms that are not archived, or only those that are.',
      }),
    ),
    order: Type.Optional(
      Type.Union([Type.Literal('latest'), Type.Literal('oldest')], {
        description:
          '`latest` (the default): the room that was used last comes first. `oldest`: the one that was not used for longest.',
      }),
    ),
    after: Type.Optional(Type.String({ maxLength: 128, description: '`next` of the previous page.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 50 by default.' }),
    ),
  },
  closed,
)
export type RoomFactsQuery = Static<typeof RoomFactsQuery>
