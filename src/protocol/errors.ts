import { type Static, Type } from '@sinclair/typebox'

/** Every error a client can meet, the same on both doors, with its HTTP status (RFC 9110) and its title. */
export const errorCodes = {
  bad_request: { status: 400, title: 'The request is not JSON or not a frame' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'No such thing' },
  conflict: { status: 409, title: 'It is already so, or taken' },
  gone: { status: 410, title: 'It was there and is no more' },
  too_large: { status: 413, title: 'Too large' },
  invalid: { status: 422, title: 'A field is missing, unknown or wrong' },
  rate_limited: { status: 429, title: 'Too many; wait a little' },
  internal: { status: 500, title: 'A fault of ours' },
  unavailable: { status: 503, title: 'The database is away; try again' },
} as const

export type ErrorCode = keyof typeof errorCodes

export const ErrorCode = Type.Union(
  (Object.keys(errorCodes) as ErrorCode[]).map((code) => Type.Literal(code)),
  { description: 'Stable machine-readable code.' },
)

/** Where a field is wrong and why; never the value itself, which may be a password. */
export const FieldError = Type.Object({ path: Type.String(), message: Type.String() })
export type FieldError = Static<typeof FieldError>

/** RFC 9457 problem details, with our `code`. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: ErrorCode,
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(FieldError)),
    retry_after_ms: Type.Optional(Type.Integer()),
    id: Type.Optional(Type.String({ description: 'Names the line in the server log (5xx only).' })),
  },
  { $id: 'Problem', description: 'RFC 9457 problem details.' },
)
export type Problem = Static<typeof Problem>

export type ErrorDetail = { errors?: FieldError[]; retryAfterMs?: number }

/** A refusal: thrown by gates and verbs, answered typed by both doors. Anything else thrown is a bug. */
export class ChatError extends Error {
  override name = 'ChatError'
  constructor(
    readonly code: ErrorCode,
    message: string = errorCodes[code].title,
    readonly detail: ErrorDetail = {},
  ) {
    super(message)
  }
}

/** A refusal of one field: `invalid` with its path. */
export function invalidField(path: string, message: string): ChatError {
  return new ChatError('invalid', message, { errors: [{ path, message }] })
}
