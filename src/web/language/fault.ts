import type { FieldError } from '../../protocol/errors.ts'
import { RequestError } from '../../sdk/errors.ts'
import { language } from './language.ts'
import { say } from './say.ts'
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

/** Of these the server says more than the code does, but only in English. */
const precise = new Set<string>(['forbidden', 'conflict', 'not_found', 'gone'])

/** What a field is told, by its reason. */
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
    (error.errors ?? []).map((each) => [each.path.slice(1), sentenceOf(each)]),
  )
  if (Object.keys(fields).length > 0) return { fields }
  if (error.code === 'rate_limited' && error.retry_after_ms)
    return { message: say('fault.wait', { n: Math.ceil(error.retry_after_ms / 1000) }), fields }
  const known = told.find((code) => code === error.code)
  const general = known && !(precise.has(known) && language.value === 'en')
  return { message: general ? say(`fault.${known}`) : sentence(error.message), fields }
}

function sentenceOf({ reason, message }: FieldError): string {
  const known = ofFields[reason]
  return known ? say(known) : sentence(message)
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)
