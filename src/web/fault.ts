import { RequestError } from '../sdk/errors.ts'

/** What went wrong, for a form: a sentence for the whole of it, and one for each field that is at fault. */
export type Fault = { message?: string; fields: Record<string, string> }

const sentences: Record<string, string> = {
  unauthenticated: 'That name and password do not belong together.',
  unreachable: 'The server cannot be reached. Is this device online?',
  unavailable: 'The server cannot answer just now. Please try again.',
  internal: 'Something broke on the server. Please try again.',
}

export function faultOf(error: unknown): Fault {
  if (!(error instanceof RequestError)) {
    console.error(error)
    return { message: 'Something broke in this page. Please reload it.', fields: {} }
  }
  const fields = Object.fromEntries(
    (error.errors ?? []).map(({ path, message }) => {
      const field = path.replace(/^[/.]/, '')
      return [field, sentence(/^[a-z]/.test(message) ? `${capital(field)} ${message}` : message)]
    }),
  )
  if (Object.keys(fields).length > 0) return { fields }
  return {
    message: sentences[error.code] ?? `${error.message}${/[.!?]$/.test(error.message) ? '' : '.'}`,
    fields,
  }
}

/** The server names faults without repeating the field: `is taken`. */
const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
