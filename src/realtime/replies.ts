import type { Log } from '../log.ts'
import type { Ref } from '../protocol/commands.ts'
import { ChatError, type ErrorCode, type Reason } from '../protocol/errors.ts'
import type { ErrorFrame } from '../protocol/frames.ts'
import { isUnavailable, outageOf } from '../storage/errors.ts'

/** A result that is JSON already, such as events that every reader gets byte for byte. */
export class Encoded {
  constructor(readonly text: string) {}
}

export function encodeReply(ref: Ref | undefined, data: unknown): string {
  const about = ref === undefined ? '' : `"ref":${JSON.stringify(ref)},`
  return `{"type":"reply",${about}"data":${data instanceof Encoded ? data.text : JSON.stringify(data ?? {})}}`
}

/** A refusal is sent as it is. Anything else is a bug: the client gets only the id under which it is logged. */
export function encodeError(
  ref: Ref | undefined,
  error: unknown,
  log: Log,
  doing: string,
): { text: string; code: ErrorCode } {
  const about = ref === undefined ? {} : { ref }
  const refusal = refusalOf(error)
  if (refusal) {
    const { code, reason, params, message } = refusal
    const { errors, retryAfterMs } = refusal.detail
    const frame: ErrorFrame = {
      type: 'error',
      ...about,
      code,
      // The reasons of the operator's command line never come to a door.
      reason: reason as Reason,
      ...(params && { params }),
      message,
      ...(errors ? { errors } : {}),
      ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    }
    return { text: JSON.stringify(frame), code }
  }
  const id = crypto.randomUUID()
  log.error('a command failed', { id, doing, error })
  const { code, reason, message } = new ChatError('internal')
  return { text: JSON.stringify({ type: 'error', ...about, code, reason, message, id }), code }
}

/** The refusal to send for an error; undefined for a bug. A database that is away is a refusal too. */
export function refusalOf(error: unknown): ChatError | undefined {
  if (error instanceof ChatError) return error
  if (!isUnavailable(error)) return undefined
  return new ChatError(outageOf(error), { retryAfterMs: 1000 })
}
