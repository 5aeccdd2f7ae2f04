import { type Keyword, keywordIn, keywordsIn, lookFor } from '../../text/keywords.ts'

/* Loaded when somebody has a keyword. It imports nothing that the page has too (`push/device.ts` says why). */

export type Marks = (text: string) => readonly { start: number; end: number }[]

/** Where a text has one of these keywords, in its order and without overlaps. */
export function marksOf(words: readonly string[]): Marks {
  const look = lookFor(words.flatMap((word): Keyword | [] => keywordIn(word) ?? []))
  return (text) => {
    let at = 0
    return [...keywordsIn(text, look)]
      .sort((one, other) => one.start - other.start || other.end - one.end)
      .filter(({ start, end }) => {
        if (start < at) return false
        at = end
        return true
      })
  }
}
