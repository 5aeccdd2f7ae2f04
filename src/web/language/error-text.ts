import { type FailureCode, RequestError } from '../../sdk/errors.ts'
import { type Fault, faultOf } from './fault.ts'

export type Sentences = { [Code in FailureCode]?: string }

/** The text of an error. `own` has the sentences of a view that knows better what a refusal means there. */
export function faultFor(error: unknown, own: Sentences): Fault {
  const sentence = error instanceof RequestError ? own[error.code] : undefined
  return sentence === undefined ? faultOf(error) : { message: sentence, fields: {} }
}

/** The same as one sentence, for a view without fields. */
export function sentenceFor(error: unknown, own: Sentences = {}): string {
  const { message, fields } = faultFor(error, own)
  return message ?? Object.values(fields).join(' ')
}
