import { type Piece, piecesIn, wordsOf } from './words.ts'

/*
 * Terms are what the index of a search has of a text. A first letter says what a term is: `w` a word, `p` the beginning of one, `s` a
 * sign or a pair of signs of a language without spaces, `e` an emoji. Words of a length that beginnings have need no term as a word.
 */

const beginnings = [2, 4, 6]

/** The text of one message has fewer, unless it was made to have more. */
const mostTerms = 4000

/** Every term of a text, each once. */
export const termsOf = (text: string): Set<string> => collectTerms(text, termsOfWord, (term) => term)

/**
 * Every term of a text, or what `of` makes of it, each once. `ofWord`: what that is for all terms of a word as it is written, which may be known
 * already, because words come again and again.
 */
export function collectTerms<Made>(
  text: string,
  ofWord: (written: string) => readonly Made[],
  of: (term: string) => Made,
): Set<Made> {
  const made = new Set<Made>()
  for (const piece of piecesIn(text)) {
    if (made.size >= mostTerms) break
    if (piece.kind === 'word') for (const each of ofWord(piece.written)) made.add(each)
    else for (const term of termsOfPiece(piece).slice(0, mostTerms)) made.add(of(term))
  }
  return made
}

/** The terms of a word as it is written: of its spellings, its parts, and the beginnings of each. */
export function termsOfWord(written: string): string[] {
  return wordsOf({ kind: 'word', written, start: 0 }).flatMap(({ term }) => [
    ...(beginnings.includes(term.length) ? [] : [`w${term}`]),
    ...beginnings.filter((length) => length <= term.length).map((length) => `p${term.slice(0, length)}`),
  ])
}

function termsOfPiece(piece: Piece): string[] {
  const terms = wordsOf(piece).map(({ term }) => term)
  if (piece.kind === 'emoji') return terms.map((term) => `e${term}`)
  const pairs = terms.slice(1).map((term, index) => `s${terms[index]}${term}`)
  return [...terms.map((term) => `s${term}`), ...pairs]
}

/** The term that every text with this word has; with `open`, every text with a word that begins so. */
export function termOf(word: string, open = false): string {
  if (!open || word.length < beginnings[0]!) return `${beginnings.includes(word.length) ? 'p' : 'w'}${word}`
  return `p${word.slice(
    0,
    beginnings.findLast((length) => length <= word.length),
  )}`
}
