import type { ErrorCode } from '../../protocol/codes.ts'
import { errorCodes } from '../../protocol/codes.ts'
import { ChatError, fieldError, type Problem, type Reason } from '../../protocol/errors.ts'
import { type Refusal, refusals } from '../../protocol/refusals.ts'
import { problemOf } from '../problem.ts'
import type { Header, Response } from './document.ts'
import { type Facts, reasonsOf } from './reasons.ts'

/** The problems that an operation can return, by status: each with its reasons, an example and its headers. */
export function problemsOf(facts: Facts): Record<string, Response> {
  const reasons = reasonsOf(facts)
  const codes = Object.keys(errorCodes) as ErrorCode[]
  return Object.fromEntries(
    codes.flatMap((code) => {
      const own = reasons.filter((reason) => refusals[reason].code === code)
      return own.length === 0 ? [] : [[errorCodes[code].status, problem(code, own, facts)]]
    }),
  )
}

function problem(code: ErrorCode, reasons: Reason[], facts: Facts): Response {
  const named = reasons.map((reason) => `\`${reason}\``).join(', ')
  return {
    description: `\`${code}\`: ${errorCodes[code].title}. Reasons: ${named}`,
    ...(code in headers ? { headers: headers[code]! } : {}),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        example: exampleOf(code, code === 'invalid' ? ['invalid_fields'] : reasons, facts),
      },
    },
  }
}

/** A problem with the first reason: the most general one of the operation, or the first that it has of its own. */
function exampleOf(code: ErrorCode, [reason]: Reason[], { row }: Facts): Problem {
  const [field = 'room'] = Object.keys(row?.body?.properties ?? row?.query?.properties ?? {})
  const kinds = (refusals[reason!] as Refusal).params
  const params = Object.fromEntries(
    Object.entries(kinds ?? {}).map(([name, kind]) => [name, values[kind.replace('?', '')]] as const),
  )
  const detail = {
    ...(code === 'invalid' ? { errors: [fieldError(`/${field}`, 'required')] } : {}),
    ...(code === 'rate_limited' || code === 'unavailable' ? { retryAfterMs: 1000 } : {}),
  }
  const refusal = new ChatError(...([reason, ...(kinds ? [params] : []), detail] as unknown as ['internal']))
  return problemOf(refusal, code === 'internal' ? '1b4e28ba-2fa1-41d2-883f-0016d3cca427' : undefined)
}

const values: Record<string, string | number | string[]> = {
  count: 10,
  text: 'write',
  time: '2026-11-20T19:42:04.946Z',
  list: ['open', 'closed'],
}

const retryAfter = {
  'Retry-After': {
    description: 'Seconds to wait before you try again: `retry_after_ms`, rounded up. Absent if unknown.',
    schema: { type: 'integer', minimum: 1, example: 1 },
  },
}

const headers: { [code in ErrorCode]?: Record<string, Header> } = {
  unauthenticated: {
    'WWW-Authenticate': {
      description: 'How to sign in (RFC 9110).',
      schema: { type: 'string', enum: ['Bearer'] },
    },
  },
  rate_limited: retryAfter,
  unavailable: retryAfter,
}
