import { type Static, Type } from '@sinclair/typebox'
import { withParts } from '../text/parts.ts'
import { type ErrorCode as Code, errorCodes } from './codes.ts'
import { operatorRefusals } from './operator-refusals.ts'
import { type ParamKind, type Refusal, refusals } from './refusals.ts'

export const ErrorCode = Type.Union(
  (Object.keys(errorCodes) as Code[]).map((code) => Type.Literal(code)),
  { description: 'The kind of error. Stable.' },
)
export type ErrorCode = Static<typeof ErrorCode>

export const Reason = Type.Union(
  (Object.keys(refusals) as (keyof typeof refusals)[]).map((reason) => Type.Literal(reason)),
  {
    $id: 'Reason',
    description: 'The exact error. Stable. New reasons may be added: handle an unknown one by its `code`.',
  },
)
export type Reason = Static<typeof Reason>

/** By name: a number, text, an ISO 8601 time, or a list of allowed values. */
export const RefusalParams = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Array(Type.String())]),
  { description: 'The values in the message.' },
)
export type RefusalParams = Static<typeof RefusalParams>

/** A wrong field, and why it is wrong. Never its value: that may be a password. */
export const FieldError = Type.Object(
  {
    path: Type.String({ description: 'A JSON Pointer (RFC 6901), such as `/username`.' }),
    reason: Reason,
    params: Type.Optional(RefusalParams),
    message: Type.String({ description: 'The reason in English. It may change at any time.' }),
  },
  { $id: 'FieldError' },
)
export type FieldError = Static<typeof FieldError>

/** RFC 9457 problem details, with our `code` and `reason`. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: ErrorCode,
    reason: Reason,
    params: Type.Optional(RefusalParams),
    detail: Type.Optional(
      Type.String({ description: 'The reason in English, for people. It may change at any time.' }),
    ),
    errors: Type.Optional(Type.Array(FieldError)),
    retry_after_ms: Type.Optional(
      Type.Integer({ description: 'Milliseconds to wait before you try again.' }),
    ),
    id: Type.Optional(
      Type.String({ description: 'The id of this error in the server log (`internal` only).' }),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457 problem details.' },
)
export type Problem = Static<typeof Problem>

const table = { ...refusals, ...operatorRefusals }
type Table = typeof table

/** Also the reasons that only the operator's command line has. */
export type AnyReason = keyof Table

type ValueOf<Kind extends ParamKind> = Values[Kind extends `${infer Given extends keyof Values}?`
  ? Given
  : Kind & keyof Values]
type Values = { count: number; text: string; time: string; list: string[] }
type ParamsOf<Each extends AnyReason> = Table[Each] extends {
  params: infer Kinds extends Record<string, ParamKind>
}
  ? { [Name in keyof Kinds as Kinds[Name] extends `${string}?` ? never : Name]: ValueOf<Kinds[Name]> } & {
      [Name in keyof Kinds as Kinds[Name] extends `${string}?` ? Name : never]?: ValueOf<Kinds[Name]>
    }
  : undefined

type WithParams = { [Each in AnyReason]: ParamsOf<Each> extends undefined ? never : Each }[AnyReason]

/** A reason, with its params if it has any. */
export type Because<Each extends AnyReason = AnyReason> =
  | [reason: Exclude<Each, WithParams>]
  | { [Reason in Extract<Each, WithParams>]: [reason: Reason, params: ParamsOf<Reason>] }[Extract<
      Each,
      WithParams
    >]

type ErrorDetail = { errors?: FieldError[]; retryAfterMs?: number }

/**
 * A refusal: gates and verbs throw it, and both doors send it with its reason. Any other thrown error is a bug.
 * `new ChatError('room_archived')`, `new ChatError('slow_mode', { seconds: 10 }, { retryAfterMs: 900 })`.
 */
export class ChatError extends Error {
  override name = 'ChatError'
  readonly code: Code
  readonly reason: AnyReason
  readonly params: RefusalParams | undefined
  readonly detail: ErrorDetail
  constructor(...[reason, ...rest]: Because | [...Because, ErrorDetail]) {
    const { code, message, params: kinds }: Refusal = table[reason]
    const [params, detail = {}] = (kinds ? rest : [undefined, ...rest]) as [RefusalParams?, ErrorDetail?]
    super(fill(message, params))
    this.code = code
    this.reason = reason
    this.params = params
    this.detail = detail
  }
}

/** A refusal because some fields do not match the schema. */
export const invalidFields = (errors: FieldError[]): ChatError => new ChatError('invalid_fields', { errors })

/** A refusal because of one field. */
export function invalidField(path: string, ...because: Because<Reason>): ChatError {
  return new ChatError(...because, { errors: [fieldError(path, ...because)] } as never)
}

export function fieldError(path: string, ...[reason, params]: Because<Reason>): FieldError {
  return { path, reason, ...(params && { params }), message: fill(table[reason].message, params) }
}

function fill(message: string, params: RefusalParams = {}): string {
  return withParts(message, params).replace(/\{(\w+)\}/g, (gap, name: string) => {
    const value = params[name]
    if (value === undefined) return gap
    return Array.isArray(value)
      ? value.join(', ')
      : typeof value === 'number'
        ? value.toLocaleString('en')
        : value
  })
}
