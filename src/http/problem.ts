import { errorCodes } from '../protocol/codes.ts'
import type { ChatError, Problem, Reason } from '../protocol/errors.ts'

/** RFC 9457. `type` is "about:blank": `code` and `reason` replace it. */
export function problemOf({ code, reason, params, message, detail }: ChatError, id?: string): Problem {
  const { status, title } = errorCodes[code]
  const { errors, retryAfterMs } = detail
  return {
    type: 'about:blank',
    title,
    status,
    code,
    // Verbs never throw the reasons of the operator's command line.
    reason: reason as Reason,
    ...(params && { params }),
    detail: message,
    ...(errors && { errors }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    ...(id === undefined ? {} : { id }),
  }
}

export function problemResponse(problem: Problem): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  if (problem.retry_after_ms !== undefined)
    headers['retry-after'] = String(Math.ceil(problem.retry_after_ms / 1000))
  // RFC 9110 section 15.5.2: a 401 must name the way to authenticate.
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer'
  // RFC 9110 section 15.5.6: a 405 must name what is allowed.
  if (problem.status === 405) headers.allow = [problem.params?.methods ?? []].flat().join(', ')
  // RFC 9110 section 15.5.16: a 415 can name what is accepted.
  Object.assign(headers, accepted[problem.reason])
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

const accepted: { [reason in Reason]?: Record<string, string> } = {
  json_expected: { accept: 'application/json' },
  form_expected: { accept: 'application/x-www-form-urlencoded' },
  body_encoded: { 'accept-encoding': 'identity' },
}
