import type { ErrorCode, FieldError, Problem } from '../protocol/errors.ts'
import type { ErrorFrame } from '../protocol/frames.ts'

/**
 * The codes of the server, and: `timeout` (no reply in time: it may have happened or not), `disconnected` (the same,
 * or never sent), `unreachable` (no response over HTTP), `unsupported` (this runtime lacks what is needed).
 */
export type FailureCode = ErrorCode | 'timeout' | 'disconnected' | 'unreachable' | 'unsupported'

/**
 * Every rejection of the SDK but one: a wait whose `AbortSignal` aborts rejects with the signal's reason. `message` is
 * fit for people; `code` is for programs.
 */
export class RequestError extends Error {
  override name = 'RequestError'
  /** Milliseconds after which the same may succeed; with `rate_limited` and `unavailable`. */
  readonly retry_after_ms?: number
  /** Which fields are wrong, and why; with `invalid`. */
  readonly errors?: FieldError[]
  /** Names the line in the server's log. */
  readonly id?: string
  constructor(
    readonly code: FailureCode,
    message: string,
    detail: { retry_after_ms?: number; errors?: FieldError[]; id?: string } = {},
  ) {
    super(message)
    if (detail.retry_after_ms !== undefined) this.retry_after_ms = detail.retry_after_ms
    if (detail.errors) this.errors = detail.errors
    if (detail.id) this.id = detail.id
  }
}

export const fromFrame = (frame: ErrorFrame) => new RequestError(frame.code, frame.message, frame)

export const disconnected = () => new RequestError('disconnected', 'Not connected')

/** Whether the client has stopped for good because its user wanted so. */
export const isWished = (endedBecause: string): boolean => ['signed_out', 'erased'].includes(endedBecause)

/** Why nothing is answered any more by a client that has stopped for good. */
export function ended(why = ''): RequestError {
  const signedOut = isWished(why) || ['not_authenticated', 'session_ended', 'somebody_else'].includes(why)
  return new RequestError(signedOut ? 'unauthenticated' : 'forbidden', `The client has ended: ${why}`)
}

/** From an HTTP answer; a proxy in between may answer without our problem document. */
export async function fromResponse(response: Response): Promise<RequestError> {
  const problem = (await response.json().catch(() => undefined)) as Partial<Problem> | undefined
  const code = problem?.code ?? codeOf(response.status)
  return new RequestError(code, problem?.detail ?? problem?.title ?? `HTTP ${response.status}`, problem ?? {})
}

const byStatus: Record<number, ErrorCode> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  413: 'too_large',
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
