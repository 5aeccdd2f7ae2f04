import { language } from '../../language/language.ts'
import { nameOf } from './emoji.ts'

/** In English by its name; otherwise the emoji itself, which a screen reader calls by its name in the reader's language. */
export const labelOf = (emoji: string): string => (language.value === 'en' ? (nameOf(emoji) ?? emoji) : emoji)
