import { type TString, Type } from '@sinclair/typebox'
import { visiblePattern } from '../text/blank.ts'
import { tidyEmail } from '../text/email.ts'
import { tidyLine, tidyName, tidyProse } from '../text/names.ts'
import './formats.ts'

/*
 * Text that a database and a browser both store without loss: no NUL and no unpaired surrogate. It does without the `u`
 * flag, because TypeBox compiles `pattern` without it.
 */
const wellFormed = '(?:[^\\u0000\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])'
const notBlank = `(?=[\\s\\S]*${visiblePattern})`

/** Well-formed text. Its length is counted in UTF-16 code units. */
export const Text = (minLength: number, maxLength: number, example: string, description?: string) =>
  Type.String({
    minLength,
    maxLength,
    pattern: `^${minLength > 0 ? notBlank : ''}${wellFormed}*$`,
    examples: [example],
    ...(description || minLength > 0 ? { description: description ?? 'Not blank.' } : {}),
  })

/** Receives the text, and gives it to the verb in the spelling in which it is stored. */
const tidied = (schema: TString, tidy: (text: string) => string) =>
  Type.Transform(schema)
    .Decode(tidy)
    .Encode((text) => text)

/** A name of somebody or something, on one line. It is stored as `tidyName` writes it. */
export const Name = (maxLength: number, example: string, description: string) =>
  tidied(
    Type.String({
      minLength: 1,
      maxLength,
      pattern: `^${wellFormed}*$`,
      format: 'name',
      examples: [example],
      description: `${description} Spaces are trimmed and folded; invisible characters, line breaks and characters that change the direction of writing are refused.`,
    }),
    tidyName,
  )

/** A `Name` that may be left out: an empty one is none. */
export const Line = (maxLength: number, example: string, description: string) =>
  tidied(
    Type.String({
      maxLength,
      pattern: `^${wellFormed}*$`,
      format: 'line',
      examples: [example],
      description: `${description} On one line, with the rules of a display name. Empty: none.`,
    }),
    tidyLine,
  )

/** Text of several lines about something. */
export const Prose = (maxLength: number, example: string, description: string) =>
  tidied(
    Type.String({
      maxLength,
      pattern: `^${wellFormed}*$`,
      format: 'prose',
      examples: [example],
      description,
    }),
    tidyProse,
  )

export const Title = Name(100, 'The harbour', 'The name of the room. Not blank.')

export const Description = Prose(1000, 'Ships and tides', 'What the room is for.')

/** ISO 8601 UTC with milliseconds, of the years 1970 to 9999 (`formats.ts`). */
export const timeOf = (description: string) =>
  Type.String({ format: 'date-time', examples: ['2026-11-20T19:42:04.946Z'], description })

export const Time = timeOf('ISO 8601, UTC, milliseconds.')

/** As a person types it. It is changed to lower case before it is looked up or stored. */
export const Username = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{1,30}[A-Za-z0-9_]$',
  examples: ['ben'],
  description:
    '3–32 of a-z 0-9 _ . -, starting with a letter or digit, and not ending with a dot or a dash. Changed to lower case. Permanent. Some names are reserved.',
})

export const RoomId = Type.String({
  pattern: '^[a-z0-9_-]{1,64}$',
  examples: ['harbour'],
  description:
    '1–64 of a-z 0-9 _ -. Permanent. Direct rooms, and rooms that are closed from the start, get a random one.',
})

/** The id of a room in a request. It is not checked for its form: a malformed id is a room that does not exist. */
export const RoomAddress = Type.String({
  minLength: 1,
  maxLength: 128,
  examples: ['general'],
  description: 'Room id.',
})

export const Email = tidied(
  Type.String({
    maxLength: 254,
    pattern:
      '^[^\\s@\\u0000-\\u001f\\ud800-\\udfff]+@[^\\s@\\u0000-\\u001f\\ud800-\\udfff]+\\.[^\\s@\\u0000-\\u001f\\ud800-\\udfff]+$',
    format: 'idn-email',
    examples: ['ben@example.org'],
    description:
      'An address such as ada@example.org. Unique and private. Stored in lower case, with its domain in ASCII.',
  }),
  tidyEmail,
)

export const DisplayName = Name(64, 'Ben', 'Shown with messages. Not blank; may change.')

/** The number of an event in a room's log: 1, 2, 3 … without a gap. */
export const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, examples: [3] })

/** A `seq`, or 0 for the start of the log. */
export const Position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, examples: [3] })

export const Epoch = Type.String({
  minLength: 1,
  maxLength: 64,
  examples: ['1a88f3d2c4b5'],
  description: 'Changes when a room is recreated or restored. A `seq` of another epoch is meaningless.',
})

export const ClientId = Type.String({
  pattern: '^[\\x21-\\x7e]{1,64}$',
  examples: ['ben-1'],
  description:
    'You choose it (for example a UUIDv7), and never use it for another message. It makes a retry safe: the same message is not sent twice.',
})

export const Emoji = Type.String({
  minLength: 1,
  maxLength: 32,
  pattern: `^(?:[^\\u0000-\\u0020\\u007f\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])+$`,
  examples: ['🎉'],
  description:
    'An emoji (RGI), or a :name: of a-z 0-9 _ + -. Spellings with and without U+FE0F are the same.',
})

export const Access = Type.Union(
  [Type.Literal('open'), Type.Literal('closed'), Type.Literal('admins'), Type.Literal('direct')],
  {
    examples: ['open'],
    description:
      'open: anyone signed in · closed: only people who were added or invited · admins: only administrators · direct: a fixed set of people.',
  },
)

export const Posting = Type.Union([Type.Literal('members'), Type.Literal('moderators')], {
  examples: ['members'],
  description: 'Who can post: all members, or only moderators and owners.',
})

export const RoomRole = Type.Union(
  [Type.Literal('owner'), Type.Literal('moderator'), Type.Literal('member')],
  {
    examples: ['member'],
  },
)

export const GlobalRole = Type.Union([Type.Literal('admin'), Type.Literal('user')])

/** A body without fields: an empty object, or no body. */
export const Nothing = Type.Optional(Type.Object({}, { additionalProperties: false }))
