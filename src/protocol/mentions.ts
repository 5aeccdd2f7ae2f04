import { type Static, Type } from '@sinclair/typebox'
import { aMessage, Message } from './messages.ts'
import { Author } from './users.ts'

export const MentionsQuery = Type.Object(
  {
    before: Type.Optional(Type.String({ maxLength: 64, description: '`next` of the previous page.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Items per page, 50 by default.' }),
    ),
  },
  { additionalProperties: false },
)
export type MentionsQuery = Static<typeof MentionsQuery>

export const MentionItem = Type.Object(
  {
    room: Type.String({ examples: ['general'] }),
    seq: Type.Integer({ examples: [3], description: 'The `seq` of the message.' }),
    message: Message,
    kind: Type.Union(
      [
        ...[Type.Literal('name'), Type.Literal('room'), Type.Literal('reply'), Type.Literal('reaction')],
        Type.Literal('word'),
      ],
      {
        examples: ['name'],
        description:
          'The message has your name, means everybody in the room, answers one of yours, is yours and somebody reacted to it, or has a keyword of yours.',
      },
    ),
    at: Type.String({
      format: 'date-time',
      examples: ['2026-11-20T19:42:04.946Z'],
      description: 'When: that of the message, of the edit that mentions you, or of the reaction.',
    }),
    read: Type.Boolean({ examples: [false], description: 'Whether you have read the room up to there.' }),
    actor: Type.Optional(Author),
    emoji: Type.Optional(
      Type.String({ examples: ['🎉'], description: 'What they added first. Only of a reaction.' }),
    ),
  },
  { $id: 'MentionItem', description: 'Somebody meant you.' },
)
export type MentionItem = Static<typeof MentionItem>

export const MentionPage = Type.Object(
  {
    items: Type.Array(MentionItem),
    next: Type.Optional(Type.String({ examples: ['1764338400000.1.3'] })),
  },
  {
    $id: 'MentionPage',
    examples: [
      {
        items: [
          {
            ...{ room: 'general', seq: 3, message: aMessage, kind: 'name' },
            ...{ at: aMessage.created_at, read: false },
          },
        ],
      },
    ],
  },
)
export type MentionPage = Static<typeof MentionPage>
