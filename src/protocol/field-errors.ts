import type { TSchema } from '@sinclair/typebox'
import { ValueErrorType as Kind, type ValueError } from '@sinclair/typebox/errors'
import { isBlank } from '../text/blank.ts'
import { type Because, type FieldError, fieldError, type Reason } from './errors.ts'
import { ClientId, Email, Emoji, RoomId, Username } from './fields.ts'
import { formatProblem } from './formats.ts'
import { TimeOfDay } from './quiet-hours.ts'

/** An error as TypeBox reports it and Elysia forwards it. */
type SchemaError = Pick<ValueError, 'type' | 'path' | 'schema' | 'value'>

const mostErrors = 10

/** The fields that do not match a schema, at most ten: path and reason, never the value, which may be a password. */
export function fieldErrors(errors: Iterable<SchemaError>, { hidesNames = false } = {}): FieldError[] {
  const found = new Map<string, FieldError>()
  for (const error of errors) {
    if (found.size >= mostErrors) break
    const path = pathOf(error, hidesNames)
    if (!found.has(path)) found.set(path, fieldError(path, ...becauseOf(error)))
  }
  return [...found.values()]
}

/** The client chose the name of an unknown field, so it may be anything, even a secret. */
const plainName = /^[\w.-]{1,64}$/

function pathOf({ type, path }: SchemaError, hidesNames: boolean): string {
  if (type !== Kind.ObjectAdditionalProperties) return path || '/'
  const end = path.lastIndexOf('/')
  return !hidesNames && plainName.test(path.slice(end + 1)) ? path : path.slice(0, end) || '/'
}

function becauseOf({ type, schema, value }: SchemaError): Because<Reason> {
  if (type === Kind.StringPattern) return [patternReason(schema, value)]
  if (type === Kind.Union) return unionReason(schema)
  if (type === Kind.Literal) return ['not_one_of', { allowed: [String(schema.const)] }]
  if (type === Kind.StringFormat) return [formatReason(schema, value)]
  return (reasons[type] ?? (() => ['wrong_format']))(schema)
}

const reasons: { [Type in Kind]?: (schema: TSchema) => Because<Reason> } = {
  [Kind.Array]: () => ['not_a_list'],
  [Kind.ArrayMaxItems]: ({ maxItems }) => ['too_many_items', { max: maxItems }],
  [Kind.ArrayMinItems]: ({ minItems }) => (minItems === 1 ? ['empty'] : ['too_few_items', { min: minItems }]),
  [Kind.ArrayUniqueItems]: () => ['repeated_item'],
  [Kind.Boolean]: () => ['not_a_boolean'],
  [Kind.Integer]: (schema) => rangeOf(schema) ?? ['not_an_integer'],
  [Kind.IntegerMaximum]: (schema) => rangeOf(schema) ?? ['too_large', { max: schema.maximum }],
  [Kind.IntegerMinimum]: (schema) => rangeOf(schema) ?? ['too_small', { min: schema.minimum }],
  [Kind.Number]: () => ['not_a_number'],
  [Kind.Object]: () => ['not_an_object'],
  [Kind.ObjectAdditionalProperties]: () => ['unknown_field'],
  [Kind.ObjectMinProperties]: () => ['nothing_given'],
  [Kind.ObjectRequiredProperty]: () => ['required'],
  [Kind.String]: () => ['not_text'],
  [Kind.StringMaxLength]: ({ maxLength }) => ['too_long', { max: maxLength }],
  [Kind.StringMinLength]: ({ minLength }) =>
    minLength === 1 ? ['empty'] : ['too_short', { min: minLength }],
}

const patternReasons = new Map<string | undefined, ParamlessReason>([
  [Username.pattern, 'username_format'],
  [Email.pattern, 'email_format'],
  [RoomId.pattern, 'room_id_format'],
  [ClientId.pattern, 'client_id_format'],
  [Emoji.pattern, 'emoji_format'],
  [TimeOfDay.pattern, 'wrong_format'],
])
type ParamlessReason = Extract<Because<Reason>, [Reason]>[0]

/** All other patterns come from `Text`. */
function patternReason({ pattern }: TSchema, value: unknown): ParamlessReason {
  return patternReasons.get(pattern) ?? (isBlank(String(value)) ? 'empty' : 'broken_text')
}

const formatReasons: Record<string, ParamlessReason> = {
  'date-time': 'time_format',
  'idn-email': 'email_format',
}

const formatReason = ({ format }: TSchema, value: unknown): ParamlessReason =>
  formatProblem(format, value) ?? formatReasons[format] ?? 'wrong_format'

/** A `seq` has no upper limit that says anything. */
function rangeOf({ minimum: min, maximum: max }: TSchema): Because<Reason> | undefined {
  if (min === undefined || max === undefined || max === Number.MAX_SAFE_INTEGER) return undefined
  return ['not_in_range', { min, max }]
}

function unionReason({ anyOf }: TSchema): Because<Reason> {
  const members: TSchema[] = anyOf
  if (members.every((each) => 'const' in each)) {
    return ['not_one_of', { allowed: members.map((each) => String(each.const)) }]
  }
  const written = members.find(({ format }) => format !== undefined)
  return written ? [formatReason(written, undefined)] : ['ref_format']
}
