import type { Fault } from './fault.ts'
import { say } from './say.ts'
import type { Word } from './translations/types.ts'

const lapses: readonly [keyof ValidityState, Word][] = [
  ['valueMissing', 'field.empty'],
  ['typeMismatch', 'field.email'],
  ['tooShort', 'field.short'],
  ['tooLong', 'field.long'],
]

/** What the browser sees to be wrong before the server is asked; its own bubbles speak its language, not the page's. */
export function lapsesIn(form: HTMLFormElement): Fault['fields'] {
  const wrong = [...form.elements].flatMap((input) => {
    if (!(input instanceof HTMLInputElement)) return []
    const lapse = lapses.find(([each]) => input.validity[each])
    return lapse ? [[input.name, say(lapse[1])] as const] : []
  })
  return Object.fromEntries(wrong)
}
