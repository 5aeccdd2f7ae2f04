import { isWord, letterAt, letterBefore } from './letters.ts'
import type { Reading } from './reading.ts'
import type { Mention } from './syntax.ts'

/** So many people are mentioned by one message. The names after them are text. */
export const mostMentions = 20

/** `＠` is what a Chinese or Japanese keyboard may type. */
const name = /[@＠]([A-Za-z0-9][A-Za-z0-9_.-]{2,31})/y

/** The mention that begins here, and where it ends. */
export function mentionAt(
  text: string,
  at: number,
  reading: Reading,
  isInDomain: (at: number) => boolean,
): { mention: Mention; end: number } | undefined {
  const marks = underscoresBefore(text, at)
  if (!isMentionAfter(text, at - marks, isInDomain)) return undefined
  name.lastIndex = at
  const written = name.exec(text)?.[1]
  if (written === undefined) return undefined
  // `_@ben_` is emphasis.
  const full = marks > 0 ? withoutTrailing(written, '_', marks) : written
  // "@ben." is more often the end of a sentence than the name "ben.".
  const short = full.replace(/[.-]+$/, '')
  const end = at + 1 + short.length
  if (short.length < 3 || (short === full && isPartOfMore(text, at + 1 + written.length))) return undefined
  const username = short.toLowerCase()
  if (!reading.named.has(username) && reading.named.size >= mostMentions) {
    reading.hasMore = true
    return undefined
  }
  reading.named.add(username)
  const mention: Mention = { kind: 'mention', username, text: text.slice(at, end) }
  if (short !== full) {
    mention.longer = full.toLowerCase()
    reading.longer.add(mention.longer)
  }
  return { mention, end }
}

function underscoresBefore(text: string, at: number): number {
  let from = at
  while (from > 0 && at - from < 3 && text[from - 1] === '_') from--
  return at - from
}

function withoutTrailing(text: string, letter: string, most: number): string {
  let end = text.length
  while (end > text.length - most && text[end - 1] === letter) end--
  return text.slice(0, end)
}

/** Whether a mention can begin here: not inside of a word, a name or an address. */
export function isMentionAfter(text: string, at: number, isInDomain = bareDomains(text)): boolean {
  const before = letterBefore(text, at)
  if (isWord(before) || /[.@＠-]/.test(before)) return false
  return !/[/?&=#]/.test(before) || !isInDomain(at)
}

const letter = /[\p{L}\p{N}]/u

/**
 * Returns a function that says whether an index is in an address that is no link, `social.example/@ben`: behind a dot between letters, in
 * one word. Call it from left to right.
 */
export function bareDomains(text: string): (at: number) => boolean {
  let [at, dot, space] = [0, -1, -1]
  return (to) => {
    for (; at < to; at++) {
      if (text[at] === '.' && letter.test(text[at - 1] ?? '') && letter.test(text[at + 1] ?? '')) dot = at
      else if (/\s/.test(text[at]!)) space = at
    }
    return dot > space
  }
}

/** A longer word, a name on another server (`@ben@social.example`), or a package (`@ben/tides`). */
const isPartOfMore = (text: string, end: number): boolean =>
  isWord(letterAt(text, end)) || /^(?:[@＠]|\/[\p{L}\p{N}])/u.test(text.slice(end, end + 3))
