import type { FieldError, RefusalParams } from '../../protocol/errors.ts'
import type { ParamKind } from '../../protocol/refusals.ts'
import { type FailureCode, RequestError } from '../../sdk/errors.ts'
import { clockOf } from './dates.ts'
import { laterText, refusalRows } from './later-texts.ts'
import { say, words } from './say.ts'
import type { Word } from './translations/types.ts'

/** The text of an error: a sentence for the whole form, or one for each wrong field. */
export type ErrorText = { message?: string; fields: Record<string, string> }

const codesWithText = [
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
  username_reserved: 'field.reserved',
  email_taken: 'field.taken',
  room_taken: 'new.addressTaken',
  room_id_format: 'new.addressWrong',
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

export type Sentences = { [Code in FailureCode]?: string }

/** `own` has the sentences of a view that knows better what a refusal means there. */
export function errorText(error: unknown, own: Sentences = {}): ErrorText {
  const sentence = error instanceof RequestError ? own[error.code] : undefined
  return sentence === undefined ? generalText(error) : { message: sentence, fields: {} }
}

/** The same as one sentence, for a view without fields. */
export function sentenceFor(error: unknown, own: Sentences = {}): string {
  const { message, fields } = errorText(error, own)
  return message ?? Object.values(fields).join(' ')
}

function generalText(error: unknown): ErrorText {
  if (!(error instanceof RequestError)) {
    console.error(error)
    return { message: say('error.page'), fields: {} }
  }
  const fields = Object.fromEntries(
    (error.errors ?? []).map((each) => [each.path.slice(1), textOfField(each)]),
  )
  if (Object.keys(fields).length > 0) return { fields }
  if (error.code === 'rate_limited' && error.retry_after_ms)
    return { message: say('error.wait', { n: Math.ceil(error.retry_after_ms / 1000) }), fields }
  return { message: textOf(error, error.code), fields }
}

const textOfField = (error: FieldError): string => {
  const known = ofFields[error.reason]
  return known ? say(known) : textOf(error, 'invalid')
}

/** The text of the reason. If the page does not know the reason, or there is none, the text of the code. */
function textOf({ reason, params = {}, message }: Explained, code: FailureCode): string {
  const text = reason === 'unexplained' ? undefined : textOfReason(reason, params)
  if (text !== undefined) return text
  const known = codesWithText.find((each) => each === code)
  return known ? say(`error.${known}`) : message
}

/** Undefined if the page does not know the reason. */
export function textOfReason(reason: string, params: RefusalParams = {}): string | undefined {
  const word = `refusal.${reason}` as Word
  const isKnown = Object.hasOwn(words.value, word) || laterText(word) !== undefined
  return isKnown ? say(word, valuesOf(reason, params)) : undefined
}

type Explained = Pick<RequestError, 'reason' | 'params' | 'message'>

function valuesOf(reason: string, params: RefusalParams): Record<string, string | number> {
  const kinds: { readonly [name: string]: ParamKind } = refusalRows.value[reason]?.params ?? {}
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (Array.isArray(value)) return [name, value.join(', ')]
      return [name, kinds[name]?.startsWith('time') ? clockOf(String(value)) : value]
    }),
  )
}
