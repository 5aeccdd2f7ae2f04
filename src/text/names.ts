import { isBlank } from './blank.ts'

/*
 * Names of people, bots, webhooks, tokens and rooms: RFC 8266 (nicknames), with what UTS #39 says of invisible characters
 * and of marks.
 */

export type NameProblem = 'empty' | 'hidden_characters' | 'too_many_marks'

/** Emoji consist of characters that are invisible elsewhere: joiners, variation selectors, the tags of three flags. */
const emoji =
  '\\p{RGI_Emoji}|\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]?\\p{Emoji_Modifier}?' +
  '(?:\\u200d\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]?\\p{Emoji_Modifier}?)*'

const joining = '[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Nkoo}]'
const virama = '[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca]'

/** Invisible characters that change how the letter before them looks: joiners by RFC 5892, A.1 and A.2, and variants of letters. */
const inWords =
  `(?<=${virama})[\\u200c\\u200d]|(?<=${joining})\\u200c(?=${joining})` +
  '|(?<=\\p{sc=Han})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]|(?<=\\p{sc=Mong})[\\u180b-\\u180d\\u180f]'

const hidden =
  '[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Bidi_Control}\\p{Noncharacter_Code_Point}\\ufff9-\\ufffb\\u{1d159}]'

const parts = new RegExp(`(?<kept>${emoji}|${inWords})|${hidden}`, 'gv')
const emojis = new RegExp(emoji, 'gv')

/** UTS #39, section 5.4: five marks on one letter, or the same mark twice. A mark at the start would sit on what comes before the name. */
const marks = /^\p{M}|[\p{Mn}\p{Me}]{5}|(\p{Mn})\1/u

/** Why this cannot be a name; undefined if it can. */
export function nameProblem(text: string): NameProblem | undefined {
  if (isBlank(text.replace(/\p{M}/gu, ''))) return 'empty'
  // Composing changes the order of marks, and a joiner may then stand behind another one.
  if (hasHidden(text) || hasHidden(tidyName(text))) return 'hidden_characters'
  return hasTooManyMarks(tidyName(text)) ? 'too_many_marks' : undefined
}

const hasHidden = (text: string): boolean => [...text.matchAll(parts)].some(({ groups }) => !groups!.kept)
const hasTooManyMarks = (text: string): boolean => marks.test(text.replace(emojis, '-').normalize('NFD'))

/** Composed letters, and single spaces of one kind between words. The blank of Braille is a space, too. */
export const tidyName = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\p{Zs}\u2800]+/gu, ' ')
    .trim()

/** Why this cannot be a name that may be left out: a blank one is none. */
export function lineProblem(text: string): Exclude<NameProblem, 'empty'> | undefined {
  const problem = nameProblem(text)
  return problem === 'empty' ? undefined : problem
}

export const tidyLine = (text: string): string => (nameProblem(text) === 'empty' ? '' : tidyName(text))

/** Why this cannot be a description, which may have lines, and invisible characters between words. */
export function proseProblem(text: string): Exclude<NameProblem, 'empty'> | undefined {
  if (/[\u2028-\u202e\u2066-\u2069]|(?![\n\r\t])\p{Cc}|\p{Cs}/u.test(text)) return 'hidden_characters'
  if (/[\u{e0000}-\u{e007f}]/u.test(text.replace(emojis, ''))) return 'hidden_characters'
  return hasTooManyMarks(text) ? 'too_many_marks' : undefined
}

export function tidyProse(text: string): string {
  const tidy = text.normalize('NFC').replace(/\r\n?/g, '\n').replaceAll('\t', ' ').trim()
  return isBlank(tidy) ? '' : tidy
}

const simple = /^[!-~](?:[ -~]*[!-~])?$/

/** A stored name as it is shown. Names from before these rules lose what is hidden, which may leave an empty text. */
export function shownName(text: string): string {
  if (text === '' || simple.test(text)) return text
  // What is removed may have stood between a letter and its mark, so look again.
  for (let shown = text; ; ) {
    const problem = nameProblem(shown)
    if (problem === 'empty') return ''
    if (problem === undefined) return tidyName(shown)
    const next = withFewerMarks(withoutHidden(shown))
    if (next === shown) return ''
    shown = next
  }
}

const withoutHidden = (text: string): string =>
  tidyName(
    text
      .toWellFormed()
      .replace(/[\p{Zl}\p{Zp}\p{Cc}]+/gu, ' ')
      .replace(parts, (found, ...rest) => ((rest.at(-1) as { kept?: string }).kept ? found : '')),
  )

/** A stored description as it is shown, in the same way. */
export const shownProse = (text: string): string =>
  proseProblem(text) === undefined
    ? text
    : withFewerMarks(
        text
          .toWellFormed()
          .replace(/[\u2028\u2029]/g, '\n')
          .replace(/[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]|(?![\n\r\t])\p{Cc}/gu, ''),
      )

const withFewerMarks = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/^\p{M}+/u, '')
    .replace(/(\p{Mn})\1+/gu, '$1')
    .replace(/([\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]+/gu, '$1')
    .normalize('NFC')
