import type { ErrorCode, FieldError, Problem, Reason, RefusalParams } from '../protocol/errors.ts'
import type { ErrorFrame } from '../protocol/frames.ts'

/**
 * The codes of the server, and: `timeout` (no reply in time: it may have happened or not), `disconnected` (the same,
 * or never sent), `unreachable` (no response over HTTP), `unsupported` (this runtime lacks what is needed).
 */
export type FailureCode = ErrorCode | 'timeout' | 'disconnected' | 'unreachable' | 'unsupported'

/**
 * Why the SDK itself rejects, named as the reasons of the server are: its code and its English text. `unexplained` is an
 * error without a reason, from a proxy in between.
 */
export const failures = {
  timeout: { code: 'timeout', message: 'The server did not reply in time.' },
  disconnected: { code: 'disconnected', message: 'The connection was lost.' },
  unreachable: { code: 'unreachable', message: 'The server cannot be reached.' },
  websocket_missing: {
    code: 'unsupported',
    message: 'There is no WebSocket in this runtime: pass one to createClient.',
  },
  unexplained: { code: 'unavailable', message: 'The server refused without a reason.' },
  client_signed_out: { code: 'unauthenticated', message: 'This client has signed out.' },
  client_ended: { code: 'forbidden', message: 'The server has closed this client.' },
  token_expired: { code: 'unauthenticated', message: 'The token is invalid or has expired.' },
  not_in_room: { code: 'not_found', message: 'You are not in this room.' },
  room_not_open: { code: 'not_found', message: 'The room is not open.' },
  room_closed: { code: 'gone', message: 'You are no longer in this room.' },
  message_discarded: { code: 'gone', message: 'The message was discarded.' },
  reader_too_slow: { code: 'gone', message: 'The reader fell too many events behind.' },
} as const satisfies Record<string, { code: FailureCode; message: string }>

export type FailureReason = keyof typeof failures

/**
 * Every rejection of the SDK but one: a wait whose `AbortSignal` aborts rejects with the signal's reason. `message` is
 * fit for people, in English; `code` and `reason` are for programs.
 */
export class RequestError extends Error {
  override name = 'RequestError'
  /** Milliseconds after which the same may succeed; with `rate_limited` and `unavailable`. */
  readonly retry_after_ms?: number
  /** Which fields are wrong, and why; with `invalid`. */
  readonly errors?: FieldError[]
  /** Which error it is: a reason of the server, which may be newer than this SDK, or of the SDK itself. */
  readonly reason: Reason | FailureReason
  /** The values that the message mentions. */
  readonly params?: RefusalParams
  /** Names the line in the server's log. */
  readonly id?: string
  constructor(
    readonly code: FailureCode,
    message: string,
    detail: {
      reason?: Reason | FailureReason
      params?: RefusalParams
      retry_after_ms?: number
      errors?: FieldError[]
      id?: string
    } = {},
  ) {
    super(message)
    this.reason = detail.reason ?? 'unexplained'
    if (detail.params) this.params = detail.params
    if (detail.retry_after_ms !== undefined) this.retry_after_ms = detail.retry_after_ms
    if (detail.errors) this.errors = detail.errors
    if (detail.id) this.id = detail.id
  }
}

export const fromFrame = (frame: ErrorFrame) => new RequestError(frame.code, frame.message, frame)

export function failure(reason: FailureReason): RequestError {
  const { code, message } = failures[reason]
  return new RequestError(code, message, { reason })
}

export const disconnected = () => failure('disconnected')

/** Whether the client has stopped for good because its user wanted so. */
export const isUsersChoice = (endedBecause: string): boolean =>
  ['signed_out', 'erased'].includes(endedBecause)

/** The error of every request to a client that has stopped for good. */
export function endedError(why = ''): RequestError {
  const signedOut =
    isUsersChoice(why) || ['not_authenticated', 'session_ended', 'somebody_else'].includes(why)
  return failure(signedOut ? 'client_signed_out' : 'client_ended')
}

/** From an HTTP response; a proxy in between may respond without our problem document. */
export async function fromResponse(response: Response): Promise<RequestError> {
  const problem = (await response.json().catch(() => undefined)) as Partial<Problem> | undefined
  const code = problem?.code ?? codeOf(response.status)
  return new RequestError(code, problem?.detail ?? problem?.title ?? `HTTP ${response.status}`, problem ?? {})
}

const byStatus: Record<number, ErrorCode> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  410: 'gone',
  413: 'too_large',
  415: 'unsupported_media_type',
  422: 'invalid',
  429: 'rate_limited',
}

const codeOf = (status: number): ErrorCode =>
  byStatus[status] ?? (status >= 500 ? 'unavailable' : 'bad_request')

const passing = new Set<string>([
  'rate_limited',
  'unavailable',
  'internal',
  'timeout',
  'disconnected',
  'unreachable',
])

/** Whether the same request may succeed later without anyone doing anything. */
export const mayRetry = (error: unknown): error is RequestError =>
  error instanceof RequestError && passing.has(error.code)

export const isUnauthenticated = (error: unknown) =>
  error instanceof RequestError && error.code === 'unauthenticated'
