import { computed, signal } from '@preact/signals'
import { withParts } from '../../text/parts.ts'
import { type Language, language } from './language.ts'
import { laterText } from './later-texts.ts'
import ar from './translations/ar.json' with { type: 'file' }
import de from './translations/de.json' with { type: 'file' }
import { en } from './translations/en.ts'
import type { Plural, Word, Words } from './translations/types.ts'
import zh from './translations/zh.json' with { type: 'file' }

/** URLs: TypeScript sees the content of the files, but the bundler replaces each import by an address. */
const files = { de, zh, ar } as unknown as Record<Exclude<Language, 'en'>, string>

const known = signal<{ readonly [Name in Language]?: Words }>({ en })
/** The texts in the reader's language, in English until they are loaded. A cache of what `say` returned compares them. */
export const words = computed<Words>(() => known.value[language.value] ?? en)
const plurals = computed(() => new Intl.PluralRules(language.value))
const numbers = computed(() => new Intl.NumberFormat(language.value))
const lists = computed(() => new Intl.ListFormat(language.value, { type: 'conjunction' }))

/**
 * A text of the page in the reader's language: `say('room.online', { n: 3 })`. `{name}` takes a value; a text with plural
 * forms chooses by `n`. A view that calls it is drawn again when the language changes.
 */
export function say(word: Word, values: Record<string, string | number> = {}): string {
  const found = words.value[word] ?? laterText(word) ?? ''
  const text = typeof found === 'string' ? found : formOf(found, Number(values.n))
  return withParts(text, values).replace(/\{(\w+)\}/g, (gap, name: string) => {
    const value = values[name]
    if (value === undefined) return gap
    return typeof value === 'number' ? numbers.value.format(value) : isolated(value)
  })
}

/** Loads the translations of a language. Until then, `say` returns English. */
export async function loadTranslations(name: Language): Promise<void> {
  if (name === 'en' || known.peek()[name]) return
  const response = await fetch(files[name])
  if (!response.ok) throw new Error(`No texts for ${name}: ${response.status}`)
  const texts = (await response.json()) as Words
  known.value = { ...known.peek(), [name]: { ...en, ...texts } }
}

const formOf = (forms: Plural, n: number): string => forms[plurals.value.select(n)] ?? forms.other

/**
 * A name may be written from right to left: these marks isolate its direction from the sentence. A mark in the name itself could end
 * that, or turn the sentence around.
 */
export const isolated = (name: string) => `\u2068${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`

/** `Ann, Ben and Cleo`; of more than three, two names and the number of the others. */
export function sayNames(names: readonly string[]): string {
  const shown = names.length > 3 ? names.slice(0, 2) : names
  const rest = names.length - shown.length
  return lists.value.format([...shown.map(isolated), ...(rest > 0 ? [say('names.others', { n: rest })] : [])])
}
