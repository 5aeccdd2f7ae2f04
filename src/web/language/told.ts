import { type FailureCode, RequestError } from '../../sdk/errors.ts'
import { type Fault, faultOf } from './fault.ts'

export type Sentences = { [Code in FailureCode]?: string }

/** What went wrong, in the words of a view that knows better than the code what a refusal means here. */
export function told(error: unknown, own: Sentences): Fault {
  const sentence = error instanceof RequestError ? own[error.code] : undefined
  return sentence === undefined ? faultOf(error) : { message: sentence, fields: {} }
}

/** The same as one sentence, for where there are no fields. */
export function sentenceFor(error: unknown, own: Sentences = {}): string {
  const { message, fields } = told(error, own)
  return message ?? Object.values(fields).join(' ')
}
