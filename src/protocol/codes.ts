/**
 * Every error code, with its HTTP status (RFC 9110) and its title. Both doors use the same codes. A code names the kind
 * of error; the reason (`refusals.ts`) names the exact error.
 */
export const errorCodes = {
  bad_request: { status: 400, title: 'The request cannot be read' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  forbidden: { status: 403, title: 'Permission denied' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'This method is not possible here' },
  conflict: { status: 409, title: 'Conflict' },
  gone: { status: 410, title: 'Deleted' },
  too_large: { status: 413, title: 'Too large' },
  unsupported_media_type: { status: 415, title: 'This kind of body is not accepted' },
  invalid: { status: 422, title: 'Invalid fields' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal server error' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const

export type ErrorCode = keyof typeof errorCodes
