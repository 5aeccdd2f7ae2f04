import { computed, effect } from '@preact/signals'
import { preferences } from '../ground/preferences.ts'

/** By their own names, which need no translation. */
export const languages = { en: 'English', de: 'Deutsch', zh: '简体中文', ar: 'العربية' } as const
export type Language = keyof typeof languages

const isKnown = (name: string): name is Language => Object.hasOwn(languages, name)

/** The reader's choice, or the first of the browser's languages that the page speaks. */
export const language = computed<Language>(() => {
  const chosen = preferences.language.value
  if (isKnown(chosen)) return chosen
  const wanted = (globalThis.navigator?.languages ?? []).map((tag) => tag.split('-')[0]!.toLowerCase())
  return wanted.find(isKnown) ?? 'en'
})

export const rightToLeft = computed(() => language.value === 'ar')

/** Tells the browser and its screen reader which way and in which voice to read. */
export function speakTo(document: Document): void {
  effect(() => {
    document.documentElement.lang = language.value
    document.documentElement.dir = rightToLeft.value ? 'rtl' : 'ltr'
  })
}
