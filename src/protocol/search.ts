import { type Static, Type } from '@sinclair/typebox'
import { RoomAddress, Text } from './fields.ts'
import { defaultLimits } from './limits.ts'
import { aMessage, Message } from './messages.ts'

const closed = { additionalProperties: false }

const Moment = (description: string) => Type.String({ maxLength: 32, examples: ['2026-11-01'], description })

export const Has = Type.Union([Type.Literal('file'), Type.Literal('link'), Type.Literal('pin')], {
  examples: ['link'],
  description: 'Only messages with a file, with a link, or that are pinned.',
})

export const SearchQuery = Type.Object(
  {
    q: Type.Optional(
      Text(
        0,
        1000,
        'harbour "at noon" -fog from:ben',
        'Words, which must all occur; "a phrase"; `-word` for what must not occur; `from:` `in:` `before:` `after:` ' +
          '`has:file|link|pin` `is:pinned` `is:mine`. The last word may be the beginning of one, unless a space follows it.',
      ),
    ),
    in: Type.Optional(Type.String({ ...RoomAddress, description: 'Only this room.' })),
    from: Type.Optional(
      Type.String({
        maxLength: 128,
        examples: ['ben'],
        description: 'Only messages of this user; `me` for your own.',
      }),
    ),
    before: Type.Optional(
      Moment(
        'Only messages from before this: a year, a month, a day or a time in ISO 8601, in UTC if it has no zone.',
      ),
    ),
    after: Type.Optional(Moment('Only messages of this time or later, in the same forms.')),
    has: Type.Optional(Has),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: defaultLimits.page,
        description: 'Messages per page, 20 by default.',
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        maxLength: 256,
        examples: ['1.c…'],
        description: '`next` of the previous page, of the same search.',
      }),
    ),
  },
  closed,
)
export type SearchQuery = Static<typeof SearchQuery>

const Span = Type.Array(Type.Integer(), { minItems: 2, maxItems: 2, examples: [[7, 14]] })

export const Found = Type.Object(
  {
    message: Message,
    matches: Type.Array(Span, {
      examples: [[[7, 14]]],
      description:
        'The places in `content` that were found: start and end, in UTF-16 code units (as JavaScript counts them), in ascending order and without overlap. ' +
        'Empty if there was no word to look for.',
    }),
  },
  { $id: 'Found', examples: [{ message: aMessage, matches: [[7, 14]] }] },
)
export type Found = Static<typeof Found>

export const SearchPage = Type.Object(
  {
    items: Type.Array(Found),
    next: Type.Optional(
      Type.String({
        examples: ['1.c…'],
        description:
          'The `cursor` of the next page. It may be there although this page has few messages, or none: the search goes on there.',
      }),
    ),
  },
  { $id: 'SearchPage' },
)
export type SearchPage = Static<typeof SearchPage>
