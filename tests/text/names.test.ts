import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isBlank } from '../../src/text/blank.ts'
import { emojiKey, isReaction } from '../../src/text/emoji.ts'
import { mistakable, skeletonOf } from '../../src/text/lookalikes.ts'
import { nameProblem, proseProblem, shownName, shownProse, tidyName } from '../../src/text/names.ts'
import { plainJson, plainLine } from '../../src/text/plain.ts'

const unit = fc.oneof(
  fc.constantFrom(
    ...[
      'a',
      ' ',
      '日',
      'é',
      'e\u0301',
      '\u0301',
      '👩‍🚀',
      '❤️',
      '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
      '🇩🇪',
      '\ufe0f',
      '\u200d',
      '\u200c',
      '\u094d',
      'ع',
      '葛\u{e0100}',
    ],
    ...[
      '\u2066',
      '\u2069',
      '\u202e',
      '\u200f',
      '\u2028',
      '\x1b',
      '\u009b',
      '\n',
      '\t',
      '\u{e0041}',
      '\u3164',
      '\u2800',
      '\ud800',
    ],
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const texts = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''))

test('any stored text is shown as a name that would be accepted, or as nothing', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const shown = shownName(text)
      if (shown !== '') expect([text, shown, nameProblem(shown)]).toEqual([text, shown, undefined])
      expect(shown).toBe(shownName(shown))
    }),
    { numRuns: 3000 },
  )
})

test('a joiner that stands behind another mark when the letters are composed is refused', () => {
  expect(nameProblem('\u3030\u0301\u094d\u200d')).toBe('hidden_characters')
})

test('a name that is accepted is accepted again as it is stored, and shown as it is', () => {
  fc.assert(
    fc.property(texts, (text) => {
      fc.pre(nameProblem(text) === undefined)
      const stored = tidyName(text)
      expect([text, nameProblem(stored), tidyName(stored), shownName(stored)]).toEqual([
        ...[text, undefined, stored, stored],
      ])
      expect(isBlank(stored)).toBe(false)
    }),
    { numRuns: 3000 },
  )
})

test('an old description is shown without what is refused', () => {
  fc.assert(fc.property(texts, (text) => expect(proseProblem(shownProse(text))).toBeUndefined()))
})

test('what is printed holds nothing that a terminal obeys, and JSON says the same as before', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(plainLine(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u)
      const json = plainJson(JSON.stringify({ text }, null, 2))
      expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u)
      expect(JSON.parse(json)).toEqual({ text })
    }),
  )
})

test('every emoji is a reaction with and without its variation selectors, under one key', async () => {
  const { default: groups } = await import('unicode-emoji-json/data-by-group.json')
  const emojis = Object.values(groups).flatMap(({ emojis }) => emojis.map(({ emoji }) => emoji))
  expect(emojis.length).toBeGreaterThan(1500)
  const bare = (emoji: string) => emoji.replaceAll('\ufe0f', '')
  expect(emojis.filter((emoji) => !isReaction(emoji) || !isReaction(bare(emoji)))).toEqual([])
  expect(emojis.filter((emoji) => emojiKey(emoji) !== emojiKey(bare(emoji)))).toEqual([])
  expect(new Set(emojis.map(emojiKey)).size).toBe(new Set(emojis).size)
})

test('names that look alike have one skeleton; names that do not look alike have several', () => {
  const alike = ['Parley', 'PARLEY', 'Pаrlеу', 'ΡΑRLΕΥ', 'Ｐａｒｌｅｙ', 'par ley', 'Par\u200bley', 'рarley']
  expect(new Set(alike.map(skeletonOf)).size).toBe(1)
  const apart = ['Jose', 'José', 'Adam', 'Ada', 'Иван', 'Иванна', '系统', '🙂', '😀']
  expect(new Set(apart.map(skeletonOf)).size).toBe(apart.length)
})

test('of many names, those are mistakable that look like another one or like the username of another one', () => {
  const names = new Map([
    ['ada', 'Ada L.'],
    ['eve', 'ADA'],
    ['ben', 'ben'],
    ['cleo', 'C1eo'],
    ['mallory', 'cleo'],
    ['dan', '  '],
  ])
  expect([...mistakable(names)]).toEqual(['eve', 'cleo', 'mallory'])
})
