import { Elysia, ValidationError } from 'elysia'
import type { Log } from '../log.ts'
import { ChatError, invalidFields } from '../protocol/errors.ts'
import { fieldErrors } from '../protocol/field-errors.ts'
import { isUnavailable, outageOf } from '../storage/errors.ts'
import { unreadable } from './body.ts'
import { problemOf, problemResponse } from './problem.ts'

type Values = Record<string, unknown>

/**
 * The only place where the HTTP door turns an error into a response. It is registered first, because a hook sees only the
 * routes that are registered after it.
 */
export const errorMapper = (log: Log) =>
  new Elysia({ name: 'errors' }).onError({ as: 'global' }, ({ error, code, request, set, params, query }) => {
    const refusal = refusalOf(error, code, request, { ...(query as Values), ...(params as Values) })
    const problem = refusal
      ? problemOf(refusal)
      : problemOf(new ChatError('internal'), bugId(error, log, request))
    set.status = problem.status
    return problemResponse(problem)
  })

/** Undefined for a bug. */
function refusalOf(error: unknown, code: string | number, request: Request, address: Values) {
  if (error instanceof ChatError) return error
  if (error instanceof ValidationError && error.type !== 'response')
    return refusalOfFields(error, request, address)
  if (code === 'PARSE') return new ChatError(isJson(request) ? 'not_json' : 'json_expected')
  if (code === 'INVALID_COOKIE_SIGNATURE') return new ChatError('bad_cookie')
  if (code === 'NOT_FOUND') return new ChatError('nothing_here')
  return isUnavailable(error) ? new ChatError(outageOf(error), { retryAfterMs: 1000 }) : undefined
}

function bugId(error: unknown, log: Log, request: Request): string {
  const id = crypto.randomUUID()
  log.error('a request failed', { id, method: request.method, path: new URL(request.url).pathname, error })
  return id
}

const isJson = ({ headers }: Request): boolean => headers.get('content-type')?.includes('json') ?? false

/** Path and reason only. Elysia's own response repeats the value, which may be a password. */
function refusalOfFields(error: ValidationError, request: Request, address: Values): ChatError {
  const { type, value, all } = error
  if (value === unreadable) return new ChatError('not_json')
  if (type === 'body' && !isJson(request) && isNotForm(value)) return new ChatError('json_expected')
  const errors = fieldErrors(all.flatMap((each) => ('path' in each ? [each] : [])) as never)
  if (type !== 'property') return invalidFields(errors)
  return invalidFields(errors.map((each) => ({ ...each, path: `/${nameOf(value, address)}` })))
}

/** curl sends JSON as a form unless it gets a content type: then the JSON is the name of a field. No body is undefined. */
const isNotForm = (body: unknown): boolean =>
  body !== undefined &&
  (typeof body !== 'object' || body === null || Object.keys(body).some((name) => /^\s*[{[]/.test(name)))

/**
 * If a number in a URL is out of range, Elysia's error has its value but not its name. If several have that value, it is
 * `limit`, which has the narrowest range.
 */
function nameOf(value: unknown, address: Values): string {
  const names = Object.keys(address).filter((name) => Object.is(Number(address[name]), value))
  return names.includes('limit') ? 'limit' : (names[0] ?? '')
}
