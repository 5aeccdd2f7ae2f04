import type { ErrorText } from './error-text.ts'
import { say } from './say.ts'
import type { Word } from './translations/types.ts'

const messages: readonly [keyof ValidityState, Word][] = [
  ['valueMissing', 'field.empty'],
  ['typeMismatch', 'field.email'],
  ['tooShort', 'field.short'],
  ['tooLong', 'field.long'],
]

/** The errors that the browser finds before the server is asked. Its own bubbles are in its language, not the page's. */
export function fieldErrorsIn(form: HTMLFormElement): ErrorText['fields'] {
  const wrong = [...form.elements].flatMap((input) => {
    if (!(input instanceof HTMLInputElement)) return []
    const found = messages.find(([each]) => input.validity[each])
    return found ? [[input.name, say(found[1])] as const] : []
  })
  return Object.fromEntries(wrong)
}
