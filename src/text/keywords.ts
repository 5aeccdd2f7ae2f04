import { fold, foldSigns } from './search/fold.ts'
import { piecesIn, spellingsOf, wordsOf } from './search/words.ts'

/*
 * A keyword is a word, or words that follow each other with the same signs between them, without case and accents as in a search. Its
 * steps are what a text has of it after each of its words: `node`, `node.js`. So a text is compared word by word with any number of keywords.
 */

/** As a person wrote it, without the signs around it; `steps` has the folded keyword as its last. */
export type Keyword = { shown: string; steps: string[] }

/** One word of a text, or one sign of a language without spaces, with the other ways to spell it. */
type Unit = { terms: string[]; start: number; end: number }

function* unitsIn(text: string): Generator<Unit> {
  for (const piece of piecesIn(text)) {
    const { kind, written, start } = piece
    if (kind === 'word') yield { terms: spellingsOf(written), start, end: start + written.length }
    else if (kind === 'sign')
      for (const { term, ...place } of wordsOf(piece)) yield { terms: [term], ...place }
  }
}

/** Undefined if it has no letter and no digit. */
export function keywordIn(text: string): Keyword | undefined {
  const units = [...unitsIn(text)]
  const [first, last] = [units[0], units.at(-1)]
  if (!first || !last) return undefined
  const steps: string[] = []
  for (const [index, { start, end }] of units.entries()) {
    const before = units[index - 1]
    steps.push(stepAfter(steps.at(-1), before && text.slice(before.end, start), fold(text.slice(start, end))))
  }
  return { shown: text.slice(first.start, last.end), steps }
}

const stepAfter = (step: string | undefined, gap: string | undefined, term: string): string =>
  step === undefined ? term : step + foldSigns(gap ?? '').replace(/\s+/g, ' ') + term

/** What is known of a step: whether it is a keyword, and whether a longer one begins so. */
export type Known<Found> = { found?: Found | undefined; goesOn: boolean }

export type Place<Found> = { found: Found; start: number; end: number }

/** More than a keyword has characters. */
const longestGap = 40
/** A text that was made to begin many keywords inside of each other costs no more than this for each word. */
const mostOpen = 8

/** Whether a keyword may begin with a word of the text, whatever follows it: Markdown may stand between the two. */
export function mayHaveKeyword(text: string, look: (step: string) => Known<unknown>): boolean {
  for (const { terms } of unitsIn(text)) {
    for (const term of terms) {
      const { found, goesOn } = look(term)
      if (found !== undefined || goesOn) return true
    }
  }
  return false
}

/** Every keyword of a text, from the first word that it can begin with. What a text costs grows with its length only. */
export function* keywordsIn<Found>(
  text: string,
  look: (step: string) => Known<Found>,
): Generator<Place<Found>> {
  /** Beginnings that may go on, up to the word before. */
  let open: { step: string; start: number }[] = []
  let before = 0
  for (const { terms, start, end } of unitsIn(text)) {
    const gap = start - before > longestGap ? undefined : text.slice(before, start)
    const next: typeof open = []
    const from = gap === undefined ? [] : open
    for (const term of terms) {
      for (const { step, start: first } of [...from, { step: undefined, start }]) {
        const reached = stepAfter(step, gap, term)
        const { found, goesOn } = look(reached)
        if (found !== undefined) yield { found, start: first, end }
        if (goesOn && next.length < mostOpen) next.push({ step: reached, start: first })
      }
    }
    open = next
    before = end
  }
}

/** Looks for the keywords of one person: what is found is the folded keyword. */
export function lookFor(keywords: readonly Keyword[]): (step: string) => Known<string> {
  const whole = new Set(keywords.map(({ steps }) => steps.at(-1)))
  const begun = new Set(keywords.flatMap(({ steps }) => steps.slice(0, -1)))
  return (step) => ({ ...(whole.has(step) ? { found: step } : {}), goesOn: begun.has(step) })
}
