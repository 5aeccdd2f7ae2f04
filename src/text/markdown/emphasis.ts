import { letterAt, letterBefore } from './letters.ts'

export type Mark = 'strong' | 'em' | 'strike' | 'spoiler'

/**
 * A run of `*`, `_`, `~` or `|`: CommonMark 6.2. What it closes comes first, then what is left of it as text, then what it opens. Runs
 * are linked to those that may still match.
 */
export type Run = {
  letter: string
  at: number
  length: number
  left: number
  canOpen: boolean
  canClose: boolean
  closes: Mark[]
  opens: Mark[]
  before: Run | undefined
  after: Run | undefined
}

const doubled: Record<string, Mark | undefined> = { '~': 'strike', '|': 'spoiler' }

const space = /^\s?$/u
const punctuation = /[\p{P}\p{S}]/u
/** A mark next to a letter or a stop of these scripts opens and closes as next to a space: `**。**他`. */
const eastAsian = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{sc=Hang}\u3000-\u303f\uff00-\uffef]/u

export function runAt(text: string, at: number): Run {
  const letter = text[at]!
  let length = 1
  while (text[at + length] === letter) length++
  const [previous, next] = [letterBefore(text, at), letterAt(text, at + length)]
  const [spaceBefore, spaceAfter] = [space.test(previous), space.test(next)]
  const [markBefore, markAfter] = [isPunctuation(previous), isPunctuation(next)]
  const opens = !spaceAfter && (!markAfter || spaceBefore || markBefore || eastAsian.test(previous))
  const closes = !spaceBefore && (!markBefore || spaceAfter || markAfter || eastAsian.test(next))
  // snake_case_names
  const isInWord = letter === '_'
  // GFM has one tilde, too. Then "3~5 days, 7~9 hours" would strike words. A spoiler is between two bars on each side, as in Discord.
  const isMark = (letter !== '~' && letter !== '|') || length === 2
  return {
    ...{ letter, at, length, left: length, closes: [], opens: [], before: undefined, after: undefined },
    canOpen: isMark && opens && (!isInWord || !closes || markBefore),
    canClose: isMark && closes && (!isInWord || !opens || markAfter),
  }
}

const isPunctuation = (letter: string) => punctuation.test(letter) && !eastAsian.test(letter)

/**
 * Pairs the runs after `bottom`, up to the last one. A search that found nothing is not repeated for the same kind of closer, so the
 * time grows with the number of runs alone.
 */
export function pairRuns(bottom: Run | undefined, last: Run | undefined): void {
  const searched = new Map<string, number>()
  let closer = firstAfter(bottom, last)
  while (closer) {
    const next: Run | undefined = closer.after
    if (!closer.canClose) {
      closer = next
      continue
    }
    const kind = `${closer.letter}${closer.canOpen}${closer.length % 3}`
    const opener = openerOf(closer, bottom, searched.get(kind) ?? -1)
    if (!opener) {
      searched.set(kind, closer.before && closer.before !== bottom ? closer.before.at : -1)
      if (!closer.canOpen) unlink(closer)
      closer = next
      continue
    }
    const width = Math.min(opener.left, closer.left, 2)
    const mark = doubled[closer.letter] ?? (width === 2 ? 'strong' : 'em')
    opener.left -= width
    closer.left -= width
    opener.opens.unshift(mark)
    closer.closes.push(mark)
    // What is between them is inside.
    opener.after = closer
    closer.before = opener
    if (opener.left === 0) unlink(opener)
    if (closer.left === 0) {
      unlink(closer)
      closer = next
    }
  }
}

function firstAfter(bottom: Run | undefined, last: Run | undefined): Run | undefined {
  if (bottom) return bottom.after
  let first = last
  while (first?.before) first = first.before
  return first
}

function openerOf(closer: Run, bottom: Run | undefined, searched: number): Run | undefined {
  for (let run = closer.before; run && run !== bottom && run.at > searched; run = run.before)
    if (run.letter === closer.letter && run.canOpen && !isUneven(run, closer)) return run
  return undefined
}

/** "The sum of the lengths must not be a multiple of 3", if one of them can open and close. */
const isUneven = (opener: Run, closer: Run): boolean =>
  closer.letter !== '~' &&
  (closer.canOpen || opener.canClose) &&
  closer.length % 3 !== 0 &&
  (opener.length + closer.length) % 3 === 0

function unlink(run: Run): void {
  if (run.before) run.before.after = run.after
  if (run.after) run.after.before = run.before
}
