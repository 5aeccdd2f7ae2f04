import { isStorable, startsWithDay } from '../instant.ts'
import { type Phrase, phraseOfQuote, phraseOfWord } from './match.ts'

/** What a person asked for, as they typed it: nothing is looked up yet. */
export type Asked = {
  /** All of them must be in the text. */
  words: Phrase[]
  /** None of them may be. */
  without: Phrase[]
  from: string[]
  in: string[]
  before: string[]
  after: string[]
  has: string[]
  is: string[]
}

const filters = ['from', 'in', 'before', 'after', 'has', 'is'] as const

const piece = /(-?)["“”„«»]([^"“”„«»]*)["“”„«»]?|\S+/gu
const filter = new RegExp(`^(${filters.join('|')}):(.*)$`, 'iu')

/**
 * Reads `harbour "at noon" -fog from:ben in:general before:2026-11-01 after:2026-10 has:link is:pinned is:mine`. What is typed last,
 * without a space behind it, is the beginning of a word.
 */
export function readQuery(text: string): Asked {
  const asked: Asked = { words: [], without: [], from: [], in: [], before: [], after: [], has: [], is: [] }
  for (const { 0: whole, 1: minus, 2: quoted, index } of text.matchAll(piece)) {
    if (quoted !== undefined) {
      const phrase = phraseOfQuote(quoted)
      if (phrase) asked[minus ? 'without' : 'words'].push(phrase)
      continue
    }
    const [, name, value] = filter.exec(whole) ?? []
    if (name !== undefined) {
      // Not typed yet.
      if (value) asked[name.toLowerCase() as (typeof filters)[number]].push(value)
      continue
    }
    // `--flag` is looked for, `-flag` is left out.
    const leaves = /^-(?!-)./u.test(whole)
    const phrase = phraseOfWord(
      leaves ? whole.slice(1) : whole,
      !leaves && index + whole.length === text.length,
    )
    if (phrase) asked[leaves ? 'without' : 'words'].push(phrase)
  }
  return asked
}

const date = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(T.+)?)?)?$/

/** The moment that a year, a month, a day or a time begins, in UTC where no zone is named; undefined for anything else. */
export function readMoment(text: string): Date | undefined {
  const [, year, month = '01', day = '01', time = 'T00:00:00.000Z'] = date.exec(text) ?? []
  if (year === undefined) return undefined
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`
  const moment = new Date(`${year}-${month}-${day}${zoned}`)
  // Postgres does not store what is past the year 9999 in UTC: 9999-12-31T23:59:59-00:01.
  return startsWithDay(`${year}-${month}-${day}`) && isStorable(moment.getTime()) ? moment : undefined
}
