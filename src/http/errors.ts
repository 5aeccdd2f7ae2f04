import { Elysia, ValidationError } from 'elysia'
import type { Log } from '../log.ts'
import { ChatError, invalidFields } from '../protocol/errors.ts'
import { fieldErrors } from '../protocol/field-errors.ts'
import { isUnavailable, outageOf } from '../storage/errors.ts'
import { isForm } from './body.ts'
import { pathOf } from './host.ts'
import { problemOf, problemResponse } from './problem.ts'

/**
 * The only place where the HTTP door turns an error into a response. It is registered first, because a hook sees only the
 * routes that are registered after it.
 */
export const errorMapper = (log: Log, methodsAt: (path: string) => string[]) =>
  new Elysia({ name: 'errors' }).onError({ as: 'global' }, ({ error, code, request, set }) => {
    const refusal =
      code === 'NOT_FOUND' ? notFound(methodsAt(pathOf(request))) : refusalOf(error, code, request)
    const problem = refusal
      ? problemOf(refusal)
      : problemOf(new ChatError('internal'), bugId(error, log, request))
    set.status = problem.status
    return problemResponse(problem)
  })

const notFound = (methods: string[]) =>
  methods.length > 0 ? new ChatError('wrong_method', { methods }) : new ChatError('nothing_here')

/** Undefined for a bug. */
function refusalOf(error: unknown, code: string | number, request: Request) {
  if (error instanceof ChatError) return error
  if (error instanceof ValidationError && error.type !== 'response') return refusalOfFields(error, request)
  if (code === 'PARSE') return new ChatError('not_json')
  if (code === 'INVALID_COOKIE_SIGNATURE') return new ChatError('bad_cookie')
  return isUnavailable(error) ? new ChatError(outageOf(error), { retryAfterMs: 1000 }) : undefined
}

function bugId(error: unknown, log: Log, request: Request): string {
  const id = crypto.randomUUID()
  log.error('a request failed', { id, method: request.method, path: pathOf(request), error })
  return id
}

/**
 * Path and reason only. Elysia's own response repeats the value, which may be a password. Somebody who does not encode the
 * `&` of a password in a form has made its end the name of a field.
 */
function refusalOfFields({ all }: ValidationError, request: Request): ChatError {
  const errors = all.flatMap((each) => ('path' in each ? [each] : [])) as never
  return invalidFields(fieldErrors(errors, { hidesNames: isForm(request) }))
}
