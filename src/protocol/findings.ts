import { type Static, Type } from '@sinclair/typebox'
import { Time } from './fields.ts'

const kinds = {
  hole: 'events are missing before this one',
  changed: 'the event is not what was written',
  standing: 'the message was edited, deleted or pinned differently from what its row says',
  unreadable: 'the text does not decrypt',
  unlinked: 'the event has lost its link',
  reactions: 'the reactions are not those of the log',
  mark_beyond_end: 'a read mark points behind the end of the log',
  leftover: 'rows of deleted rooms or accounts are left',
  file_missing: 'a file is not where it should be',
  file_damaged: 'a file is not what was stored',
  file_leftover: 'a file belongs to nothing',
  cut: 'the log ended before this event, which was there',
  older: 'the database, or this room, is older than it was',
  key: 'the key that protects the logs was removed',
  anchor: 'the file that says how far the logs reached was changed',
} as const

export const Finding = Type.Object(
  {
    what: Type.Union(
      (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) => Type.Literal(kind)),
      {
        examples: ['hole'],
        description: `${Object.entries(kinds)
          .map(([kind, meaning]) => `${kind}: ${meaning}`)
          .join(' · ')}.`,
      },
    ),
    at: Time,
    by: Type.Union([Type.Literal('start'), Type.Literal('reading'), Type.Literal('verify')], {
      examples: ['reading'],
      description: 'Who noticed it: a start of the server, somebody who read the room, or `parley verify`.',
    }),
    room: Type.Optional(
      Type.String({ examples: ['general'], description: 'Absent where it is about all rooms.' }),
    ),
    title: Type.Optional(
      Type.String({
        examples: ['General'],
        description:
          'The title of the room. Absent for direct rooms, and for rooms that do not exist any more.',
      }),
    ),
    direct: Type.Optional(Type.Literal(true, { description: 'The room is a direct one. Absent otherwise.' })),
    seq: Type.Optional(
      Type.Integer({
        examples: [3],
        description: 'The `seq` of the event. Absent where it is about no event.',
      }),
    ),
  },
  { $id: 'Finding' },
)
export type Finding = Static<typeof Finding>

export const Findings = Type.Object(
  {
    items: Type.Array(Finding, { description: 'The newest 100, newest first.' }),
    total: Type.Integer({
      examples: [1],
      description: 'How many there are. 0: all is well, as far as is known.',
    }),
    verified: Type.Optional(
      Type.Object(
        {
          at: Time,
          events: Type.Integer({ examples: [1000], description: 'How many events it compared.' }),
        },
        { description: 'The last complete run of `parley verify`. Absent if there was none.' },
      ),
    ),
  },
  { $id: 'Findings' },
)
export type Findings = Static<typeof Findings>
