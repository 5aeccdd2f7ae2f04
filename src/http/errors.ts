import { Elysia, ValidationError } from 'elysia'
import type { Log } from '../log.ts'
import { ChatError } from '../protocol/errors.ts'
import { fieldErrors } from '../protocol/rules.ts'
import { isUnavailable } from '../storage/errors.ts'
import { unreadable } from './body.ts'
import { problemOf, problemOfRefusal, problemResponse } from './problem.ts'

/**
 * The only place where the HTTP door turns an error into an answer. Registered first and global, because a hook sees
 * only what comes after it.
 */
export const errorMapper = (log: Log) =>
  new Elysia({ name: 'errors' }).onError({ as: 'global' }, ({ error, code, request, set }) => {
    const problem = problemFor(error, code, log, request)
    set.status = problem.status
    return problemResponse(problem)
  })

function problemFor(error: unknown, code: string | number, log: Log, request: Request) {
  if (error instanceof ChatError) return problemOfRefusal(error)
  if (error instanceof ValidationError && error.type !== 'response') {
    if (error.value === unreadable) return problemOf('bad_request')
    return problemOf('invalid', undefined, { errors: fieldErrors(complaintsOf(error)) })
  }
  if (code === 'PARSE' || code === 'INVALID_COOKIE_SIGNATURE') return problemOf('bad_request')
  if (code === 'NOT_FOUND') return problemOf('not_found', 'There is nothing at this address.')
  if (isUnavailable(error)) return problemOf('unavailable', undefined, { retry_after_ms: 1000 })
  const id = crypto.randomUUID()
  log.error('a request failed', { id, method: request.method, path: new URL(request.url).pathname, error })
  return problemOf('internal', 'Something went wrong on our side.', { id })
}

/** Path and rule only: Elysia's own answer repeats the value, which may be a password. */
const complaintsOf = ({ all }: ValidationError) => all.flatMap((each) => ('path' in each ? [each] : []))
