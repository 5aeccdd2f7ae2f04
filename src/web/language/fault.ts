import type { FieldError, RefusalParams } from '../../protocol/errors.ts'
import { type ParamKind, type Refusal, refusals } from '../../protocol/refusals.ts'
import { type FailureCode, RequestError } from '../../sdk/errors.ts'
import { clockOf } from './dates.ts'
import { say } from './say.ts'
import { en } from './translations/en.ts'
import type { Word } from './translations/types.ts'

/** What went wrong, for a form: a sentence for the whole of it, and one for each field that is at fault. */
export type Fault = { message?: string; fields: Record<string, string> }

const told = [
  'unauthenticated',
  'forbidden',
  'conflict',
  'not_found',
  'gone',
  'rate_limited',
  'too_large',
  'unreachable',
  'timeout',
  'disconnected',
  'unavailable',
  'internal',
] as const

/** Shorter than the text of the reason, because it is next to the field. */
const ofFields: { readonly [reason: string]: Word } = {
  username_taken: 'field.taken',
  email_taken: 'field.taken',
  room_taken: 'field.taken',
  wrong_current_password: 'field.wrong',
  username_format: 'field.username',
  email_format: 'field.email',
  too_short: 'field.short',
  too_long: 'field.long',
  password_is_name: 'field.own',
  password_common: 'field.common',
  required: 'field.empty',
  empty: 'field.empty',
}

export function faultOf(error: unknown): Fault {
  if (!(error instanceof RequestError)) {
    console.error(error)
    return { message: say('fault.page'), fields: {} }
  }
  const fields = Object.fromEntries(
    (error.errors ?? []).map((each) => [each.path.slice(1), textOfField(each)]),
  )
  if (Object.keys(fields).length > 0) return { fields }
  if (error.code === 'rate_limited' && error.retry_after_ms)
    return { message: say('fault.wait', { n: Math.ceil(error.retry_after_ms / 1000) }), fields }
  return { message: textOf(error, error.code), fields }
}

const textOfField = (error: FieldError): string => {
  const known = ofFields[error.reason]
  return known ? say(known) : textOf(error, 'invalid')
}

/** Of a reason that is newer than this page, or of an error without one, the text of the code. */
function textOf({ reason, params = {}, message }: Explained, code: FailureCode): string {
  const word = `refusal.${reason}`
  if (reason !== 'unexplained' && Object.hasOwn(en, word)) return say(word as Word, valuesOf(reason, params))
  const known = told.find((each) => each === code)
  return known ? say(`fault.${known}`) : message
}

type Explained = Pick<RequestError, 'reason' | 'params' | 'message'>

function valuesOf(reason: string, params: RefusalParams): Record<string, string | number> {
  const kinds: { readonly [name: string]: ParamKind } = (rows[reason] as Refusal | undefined)?.params ?? {}
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (Array.isArray(value)) return [name, value.join(', ')]
      return [name, kinds[name] === 'time' ? clockOf(String(value)) : value]
    }),
  )
}

const rows: { readonly [reason: string]: Refusal } = refusals
