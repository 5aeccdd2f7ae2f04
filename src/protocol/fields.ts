import { Type } from '@sinclair/typebox'

/*
 * Text that databases and browsers can store without loss: no NUL, no unpaired surrogate. Without the `u` flag, because
 * TypeBox's compiler does not set it for `pattern`.
 */
const wellFormed = '(?:[^\\u0000\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])'
const notBlank = '(?=[\\s\\S]*\\S)'

/** Well-formed text of a length, in UTF-16 code units. */
export const Text = (minLength: number, maxLength: number, description?: string) =>
  Type.String({
    minLength,
    maxLength,
    pattern: `^${minLength > 0 ? notBlank : ''}${wellFormed}*$`,
    ...(description || minLength > 0 ? { description: description ?? 'Not blank.' } : {}),
  })

/** ISO 8601 UTC with milliseconds. */
export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC, milliseconds.' })

/** As a person types it; converted to lower case before a search and before it is stored. */
export const Username = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{2,31}$',
  description: '3–32 of a-z 0-9 _ . -, starting with a letter or digit; stored in lower case, never changes.',
})

export const RoomId = Type.String({
  pattern: '^[a-z0-9_-]{1,64}$',
  description: 'Chosen when the room is created; random for closed and direct rooms.',
})

/** The id of a room in a request. A malformed id is reported as not found. */
export const RoomAddress = Type.String({ minLength: 1, maxLength: 128, description: 'Room id.' })

export const Email = Type.String({
  maxLength: 254,
  pattern:
    '^[^\\s@\\u0000-\\u001f\\ud800-\\udfff]+@[^\\s@\\u0000-\\u001f\\ud800-\\udfff]+\\.[^\\s@\\u0000-\\u001f\\ud800-\\udfff]+$',
  description: 'An address such as ada@example.org; unique and private.',
})

export const DisplayName = Text(1, 64, 'Shown next to messages, not blank; may change.')

/** A number in a room's log: 1, 2, 3 … without gaps. */
export const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

/** A place in a log; 0 is before the first event. */
export const Position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

export const Epoch = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'Changes when a room is created again or restored; positions of another epoch are not valid.',
})

export const ClientId = Type.String({
  pattern: '^[\\x21-\\x7e]{1,64}$',
  description:
    'Chosen by the sender (for example a UUIDv7), never used twice by one author: makes a retry safe.',
})

export const Emoji = Type.String({
  minLength: 1,
  maxLength: 32,
  pattern: `^(?:[^\\u0000-\\u0020\\u007f\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])+$`,
  description: 'An emoji, or a :name:.',
})

export const Access = Type.Union(
  [Type.Literal('open'), Type.Literal('closed'), Type.Literal('admins'), Type.Literal('direct')],
  {
    description:
      'open: anyone signed in · closed: by invitation · admins: global admins · direct: a fixed set.',
  },
)

export const Posting = Type.Union([Type.Literal('members'), Type.Literal('moderators')])

export const RoomRole = Type.Union([Type.Literal('owner'), Type.Literal('moderator'), Type.Literal('member')])

export const GlobalRole = Type.Union([Type.Literal('admin'), Type.Literal('user')])

/** No body, or an empty object. */
export const Nothing = Type.Optional(Type.Object({}, { additionalProperties: false }))
