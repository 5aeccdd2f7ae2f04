import { foldSigns } from './fold.ts'
import { termOf } from './terms.ts'
import { spellingsOf, type Word, wordsIn } from './words.ts'

/** A part of what was asked for: how it may be spelled, and what must stand between it and the part before. */
type Part = {
  kind: Word['kind']
  terms: string[]
  /** Nothing but these signs; undefined where any signs and spaces may stand there, but no word. */
  gap: string | undefined
}

/** Words that follow each other: one word, an identifier with its signs, or a phrase. */
export type Phrase = {
  parts: Part[]
  /** It is still being typed: its last word may go on. */
  open: boolean
  /** Signs that must stand before and behind it: `--flag`, `#tag`, `C++`. */
  lead: string
  tail: string
}

const lead = /(?:--|[#@$.])$/u
const tail = /^(?:\+\+|#)/u

/** What to look for, from a text without spaces; undefined where it has no word. */
export function phraseOfWord(text: string, open: boolean): Phrase | undefined {
  const words = wholeWords(text)
  const [first, last] = [words[0], words.at(-1)]
  if (!first || !last) return undefined
  const behind = foldSigns(text.slice(last.end))
  return {
    parts: words.map((word, index) => partOf(text, word, words[index - 1])),
    open: open && behind === '',
    lead: lead.exec(foldSigns(text.slice(0, first.start)))?.[0] ?? '',
    tail: tail.exec(behind)?.[0] ?? '',
  }
}

/** The words of a phrase, between which any signs may stand. */
export function phraseOfQuote(text: string): Phrase | undefined {
  const words = wholeWords(text)
  if (words.length === 0) return undefined
  const parts = words.map((word, index) => {
    const before = words[index - 1]
    const part = partOf(text, word, before)
    return before?.kind === 'sign' && before.end === word.start ? part : { ...part, gap: undefined }
  })
  return { parts, open: false, lead: '', tail: '' }
}

/** Without the parts and other spellings of a word. */
function wholeWords(text: string): Word[] {
  let end = 0
  return wordsIn(text).filter((word) => {
    if (word.start < end) return false
    end = word.end
    return true
  })
}

function partOf(text: string, { kind, term, start, end }: Word, before: Word | undefined): Part {
  return {
    kind,
    terms: kind === 'word' ? spellingsOf(text.slice(start, end)) : [term],
    gap: before && foldSigns(text.slice(before.end, start)),
  }
}

/** Groups of terms: a text that has it has a term of every group. */
export function termGroups({ parts, open }: Phrase): string[][] {
  return parts.flatMap(({ kind, terms, gap }, index) => {
    if (kind === 'word') return [terms.map((term) => termOf(term, open && index === parts.length - 1))]
    if (kind === 'emoji') return [terms.map((term) => `e${term}`)]
    const before = parts[index - 1]
    const isPair = before?.kind === 'sign' && gap === ''
    if (isPair) return [[`s${before.terms[0]}${terms[0]}`]]
    // A pair says more than its first sign.
    const next = parts[index + 1]
    return next?.kind === 'sign' && next.gap === '' ? [] : [[`s${terms[0]}`]]
  })
}

export type Span = [start: number, end: number]

/** Where a text has it: places in UTF-16 code units, in their order. */
export function placesOf(phrase: Phrase, text: string, words: readonly Word[]): Span[] {
  const spans: Span[] = []
  const search: Search = { phrase, text, words, failed: new Set() }
  for (let index = 0; index < words.length; index++) {
    const first = words[index]!
    if (!isPart(phrase, 0, first)) continue
    const end = endOf(search, index, 1)
    if (end === undefined || !hasSigns(phrase, text, first.start, end)) continue
    spans.push([first.start - phrase.lead.length, end + phrase.tail.length])
  }
  return spans
}

/** `failed`: from which places, for which parts, the rest was not found. Without it two spellings of each word double the time. */
type Search = { phrase: Phrase; text: string; words: readonly Word[]; failed: Set<number> }

/** Where the rest of it ends, behind the word at `index`; undefined if it does not follow. */
function endOf(search: Search, index: number, next: number): number | undefined {
  const { phrase, text, words, failed } = search
  const { end } = words[index]!
  const part = phrase.parts[next]
  if (!part) return end
  const place = end * mostParts + next
  if (failed.has(place)) return undefined
  for (let at = index + 1; at < words.length; at++) {
    const word = words[at]!
    if (word.start < end) continue
    if (word.start > end + longestGap) break
    const between = word.start === end ? '' : text.slice(end, word.start)
    if (part.gap === undefined ? hasWord.test(between) : foldSigns(between) !== part.gap) continue
    if (!isPart(phrase, next, word)) continue
    const last = endOf(search, at, next + 1)
    if (last !== undefined) return last
  }
  failed.add(place)
  return undefined
}

const hasWord = /[\p{L}\p{N}]/u
const longestGap = 64
/** More than a query has characters. */
const mostParts = 1024

function isPart({ parts, open }: Phrase, index: number, { kind, term }: Word): boolean {
  const part = parts[index]!
  if (part.kind !== kind) return false
  if (!open || kind !== 'word' || index < parts.length - 1) return part.terms.includes(term)
  return part.terms.some((each) => (each.length < 2 ? term === each : term.startsWith(each)))
}

function hasSigns({ lead, tail }: Phrase, text: string, start: number, end: number): boolean {
  return (
    foldSigns(text.slice(Math.max(0, start - lead.length), start)).endsWith(lead) &&
    foldSigns(text.slice(end, end + tail.length)).startsWith(tail)
  )
}

/** Spans that touch or overlap become one. */
export function joinSpans(spans: Span[]): Span[] {
  const joined: Span[] = []
  for (const [start, end] of spans.toSorted((one, other) => one[0] - other[0] || one[1] - other[1])) {
    const last = joined.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else joined.push([start, end])
  }
  return joined
}
