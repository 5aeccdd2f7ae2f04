import { joinSpans, placesOf, type Span } from './match.ts'
import type { Asked } from './query.ts'
import { wordsIn } from './words.ts'

/** Where a text has everything that was asked for; undefined if it lacks a word, or has one that it may not. */
export function findIn(
  text: string,
  { words, without }: Pick<Asked, 'words' | 'without'>,
): Span[] | undefined {
  const found = wordsIn(text)
  if (without.some((phrase) => placesOf(phrase, text, found).length > 0)) return undefined
  const spans: Span[] = []
  for (const phrase of words) {
    const places = placesOf(phrase, text, found)
    if (places.length === 0) return undefined
    spans.push(...places)
  }
  return joinSpans(spans)
}
