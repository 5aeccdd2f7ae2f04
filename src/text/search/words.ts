import { emojiKey } from '../emoji.ts'
import { fold } from './fold.ts'

/**
 * `word`: between spaces or signs, or a part of such a word. `sign`: one character of a language that is written without spaces, or
 * joins its endings to the word (Korean). Places are in UTF-16 code units of the text.
 */
export type Word = { kind: 'word' | 'sign' | 'emoji'; term: string; start: number; end: number }

const unspaced =
  '[[[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{sc=Hang}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}\\p{sc=Tibt}\\p{sc=Bopo}]&&[\\p{L}\\p{M}\\p{N}]]--\\p{Nd}]'
const letter = `[[\\p{L}\\p{N}]--${unspaced}]`
const inner = `[[\\p{L}\\p{M}\\p{N}\\u00ad\\u200b-\\u200d\\u2060]--${unspaced}]`
const pictures = '\\p{RGI_Emoji}|[\\p{Emoji_Presentation}\\p{Extended_Pictographic}]'

const written = new RegExp(`(?<sign>${unspaced}+)|${letter}${inner}*`, 'gv')
const drawn = new RegExp(`(?<emoji>${pictures})|${written.source}`, 'gv')
/** The same words of a text that has nothing but ASCII, found in a fifth of the time. */
const plain = /[A-Za-z0-9]+/g
const notAscii = /[^\0-\x7f]/
const mayHaveEmoji = /[\u00a9\u00ae\u203c-\u3299\ud83c-\ud83e]|\ufe0f/
const tone = /[\u{1f3fb}-\u{1f3ff}]/gu

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** What is written without a space or sign in it: a word, signs one after the other, or an emoji. */
export type Piece = { kind: Word['kind']; written: string; start: number }

/** Every piece of a text in its order. */
export function* piecesIn(text: string): Generator<Piece> {
  const pattern = notAscii.test(text) ? (mayHaveEmoji.test(text) ? drawn : written) : plain
  for (const { 0: found, index: start, groups } of text.matchAll(pattern)) {
    const kind = groups?.emoji !== undefined ? 'emoji' : groups?.sign !== undefined ? 'sign' : 'word'
    yield { kind, written: found, start }
  }
}

/** Every word of a text in its order; the parts of a word come after it. */
export function wordsIn(text: string): Word[] {
  const words: Word[] = []
  for (const piece of piecesIn(text)) words.push(...wordsOf(piece))
  return words
}

/** The words of one piece. */
export function wordsOf({ kind, written, start }: Piece): Word[] {
  if (kind === 'emoji') return [{ kind, term: emojiTerm(written), start, end: start + written.length }]
  if (kind === 'word') return spelled(written, start)
  return Array.from(graphemes.segment(written), ({ segment, index }) => {
    const at = start + index
    return { kind, term: fold(segment), start: at, end: at + segment.length }
  })
}

/** Every tone of skin is the same emoji for a search. */
const emojiTerm = (emoji: string): string => emojiKey(emoji).replace(tone, '')

/** A word, its other spellings, and its parts. */
function spelled(found: string, start: number): Word[] {
  const end = start + found.length
  const words = spellingsOf(found).map((term): Word => ({ kind: 'word', term, start, end }))
  if (found.length > longestWithParts || !hasParts.test(found)) return words
  for (const { 0: part, index } of found.matchAll(parts)) {
    const at = start + index
    words.push({ kind: 'word', term: fold(part), start: at, end: at + part.length })
  }
  return words
}

/** A longer one is a key or a hash and no identifier of words. */
const longestWithParts = 64
const hasParts = /\p{Ll}\p{Lu}|\p{L}\p{N}|\p{N}\p{L}/u
const parts = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lt}\p{Lm}\p{M}]+|\p{N}+/gu

const umlaut = /[äöüÄÖÜ]/
const umlauts = { ä: 'ae', ö: 'oe', ü: 'ue' } as Record<string, string>
/** With a conjunction or preposition that is written together with it. */
const article = /^(?:[وفبك]?ال|لل)(?=.{3})/u

/** The folded word, and how else it is written: `Müller` as mueller, `الكتاب` without its article. */
export function spellingsOf(word: string): string[] {
  const term = fold(word)
  const spellings = [term]
  const composed = word.normalize('NFC')
  if (umlaut.test(composed))
    spellings.push(fold(composed.toLowerCase().replace(/[äöü]/g, (sign) => umlauts[sign]!)))
  const bare = term.replace(article, '')
  if (bare !== term) spellings.push(bare)
  return spellings
}
