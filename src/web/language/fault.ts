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

/** The server's sentences about a field, by what is particular to them. */
const ofFields: readonly [RegExp, Word][] = [
  [/^is taken/, 'field.taken'],
  [/^is wrong/, 'field.wrong'],
  [/^3–32 of/, 'field.username'],
  [/^An address such as/, 'field.email'],
  [/at least 8 characters/, 'field.short'],
  [/at most [\d,]+/, 'field.long'],
  [/must not be the username/, 'field.own'],
  [/first that a guesser tries/, 'field.common'],
  [/^Shown beside messages/, 'field.name'],
  [/^is required|^must not be empty|not blank/i, 'field.empty'],
]

export function faultOf(error: unknown): Fault {
  if (!(error instanceof RequestError)) {
    console.error(error)
    return { message: say('fault.page'), fields: {} }
  }
  const fields = Object.fromEntries(
    (error.errors ?? []).map(({ path, message }) => [path.replace(/^[/.]/, ''), sentenceOf(message)]),
  )
  if (Object.keys(fields).length > 0) return { fields }
  if (error.code === 'rate_limited' && error.retry_after_ms)
    return { message: say('fault.wait', { n: Math.ceil(error.retry_after_ms / 1000) }), fields }
  const known = told.find((code) => code === error.code)
  const general = known && !(precise.has(known) && language.value === 'en')
  return { message: general ? say(`fault.${known}`) : sentence(error.message), fields }
}

function sentenceOf(message: string): string {
  const known = ofFields.find(([sign]) => sign.test(message))
  return known ? say(known[1]) : sentence(message)
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)
