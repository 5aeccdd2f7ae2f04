import { language } from '../../language/language.ts'
import { nameOf } from './emoji.ts'

/** The English name; in other languages the emoji itself, whose name a screen reader knows in the reader's language. */
export const labelOf = (emoji: string): string => (language.value === 'en' ? (nameOf(emoji) ?? emoji) : emoji)
