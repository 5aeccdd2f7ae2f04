import { type ErrorCode, errorCodes } from '../../protocol/codes.ts'
import type { Operation, Response } from './document.ts'

/** The errors that an operation can return, derived from its parameters and body. */
export function errorsOf(path: string, operation: Operation): ErrorCode[] {
  const secured = operation.security !== undefined
  // It has no session, but its bot and its creator may have lost their rights; and Elysia does not know its body.
  const hook = path.startsWith('/hooks/')
  const body = operation.requestBody !== undefined || hook
  return [
    ...(body ? (['bad_request', 'too_large'] as const) : []),
    ...(body && !hook ? (['unsupported_media_type'] as const) : []),
    ...(secured || path.startsWith('/auth/') || path.startsWith('/ws')
      ? (['unauthenticated', 'forbidden'] as const)
      : []),
    ...(hook ? (['forbidden', 'conflict', 'gone'] as const) : []),
    ...(path.includes('{') ? (['not_found'] as const) : []),
    ...(body && (path === '/auth/signup' || secured) ? (['conflict'] as const) : []),
    ...(path.includes('{seq}') ? (['gone'] as const) : []),
    ...(body || (operation.parameters?.length ?? 0) > 0 ? (['invalid'] as const) : []),
    'rate_limited',
    'internal',
    'unavailable',
  ]
}

export function refusal(code: ErrorCode): Response {
  return {
    description: `\`${code}\`: ${errorCodes[code].title}`,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}
