import { DrizzleQueryError } from 'drizzle-orm'
import { ConfigError } from '../config.ts'
import { type AnyReason, ChatError, type FieldError, type RefusalParams } from '../protocol/errors.ts'
import { DatabaseUnavailable, isUnavailable } from '../storage/errors.ts'

/** Why a subcommand failed: lines for people, code, reason and params for scripts. */
export type Failure = {
  code: string
  reason?: AnyReason
  params?: RefusalParams
  lines: readonly string[]
  errors?: readonly FieldError[]
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ConfigError) return { code: 'config', lines: error.problems }
  if (error instanceof ChatError) return refusalOf(error)
  if (isLost(error)) {
    const reason = `The database stopped responding (${reasonOf(error)}).`
    return {
      code: 'unavailable',
      lines: [
        `${reason} Check that it runs and has free disk space, then run this again: nothing is left half done.`,
      ],
    }
  }
  return { code: 'failed', lines: [reasonOf(error)] }
}

/**
 * The database went away in the middle. `DatabaseUnavailable` explains itself: it could not be opened. A missing file and a
 * closed pipe have codes that a lost database may have too.
 */
const isLost = (error: unknown): boolean =>
  !(error instanceof DatabaseUnavailable) &&
  isUnavailable(error) &&
  !['ENOENT', 'EPIPE'].includes(String((error as { code?: unknown }).code))

function refusalOf({ code, reason, params, message, detail: { errors = [] } }: ChatError): Failure {
  const fields = errors.map(({ path, message: why }) => (path === '/' ? why : `${path.slice(1)}: ${why}`))
  return {
    code,
    reason,
    ...(params && { params }),
    lines: fields.length > 0 ? fields : [message],
    ...(errors.length > 0 && { errors }),
  }
}

/** The database's own words: Drizzle's around them would show the statement and its parameters. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof DrizzleQueryError && error.cause ? reasonOf(error.cause) : error.message
}
