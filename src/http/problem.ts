import { type ChatError, type ErrorCode, errorCodes, type Problem } from '../protocol/errors.ts'

/** RFC 9457. `type` is "about:blank": the code says more than an address that nobody opens. */
export function problemOf(code: ErrorCode, detail?: string, extra: Partial<Problem> = {}): Problem {
  const { status, title } = errorCodes[code]
  return {
    type: 'about:blank',
    title,
    status,
    code,
    ...(detail && detail !== title ? { detail } : {}),
    ...extra,
  }
}

export function problemResponse(problem: Problem): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (problem.retry_after_ms !== undefined)
    headers['retry-after'] = String(Math.ceil(problem.retry_after_ms / 1000))
  // RFC 9110 section 15.5.2: a 401 says how to sign in.
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer'
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

export function problemOfRefusal(error: ChatError): Problem {
  const { errors, retryAfterMs } = error.detail
  return problemOf(error.code, error.message, {
    ...(errors ? { errors } : {}),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  })
}
