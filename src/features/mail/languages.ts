import { ar } from './letters/ar.ts'
import { de } from './letters/de.ts'
import { en, type Words } from './letters/en.ts'
import { zh } from './letters/zh.ts'

const languages: Readonly<Record<string, Words>> = { en, de, zh, ar }
export type Language = string

export const wordsIn = (language: Language): Words => languages[language] ?? en

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

const longestHeader = 500

/** The language of ours that a request prefers (RFC 9110 section 12.5.4); English if it prefers none. */
export function languageOf(request: Request): Language {
  const header = (request.headers.get('accept-language') ?? '').slice(0, longestHeader)
  const wanted = header.split(',').flatMap((part) => {
    const [tag = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase())
    const quality = Number(parameters.find((each) => each.startsWith('q='))?.slice(2) ?? 1)
    const language = tag.split('-')[0]!
    return Object.hasOwn(languages, language) && quality > 0 ? [{ language, quality }] : []
  })
  return wanted.toSorted((a, b) => b.quality - a.quality)[0]?.language ?? 'en'
}
