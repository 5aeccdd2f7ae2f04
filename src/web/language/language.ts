import { computed, effect } from '@preact/signals'
import { preferences } from '../ground/preferences.ts'

/** Each under its own name, which needs no translation. */
export const languages = { en: 'English', de: 'Deutsch', zh: '简体中文', ar: 'العربية' } as const
export type Language = keyof typeof languages

const isKnown = (name: string): name is Language => Object.hasOwn(languages, name)

/** The language that the reader chose, or the first of the browser's languages that the page has. */
export const language = computed<Language>(() => {
  const chosen = preferences.language.value
  if (isKnown(chosen)) return chosen
  const wanted = (globalThis.navigator?.languages ?? []).map((tag) => tag.split('-')[0]!.toLowerCase())
  return wanted.find(isKnown) ?? 'en'
})

export const rightToLeft = computed(() => language.value === 'ar')

/** Sets the language and direction of the document, for the browser and screen readers. */
export function setDocumentLanguage(document: Document): void {
  effect(() => {
    document.documentElement.lang = language.value
    document.documentElement.dir = rightToLeft.value ? 'rtl' : 'ltr'
  })
}
