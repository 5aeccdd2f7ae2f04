import { expect, test } from 'bun:test'
import { type Keyword, keywordIn, keywordsIn, lookFor } from '../../src/text/keywords.ts'
import { spokenText } from '../../src/text/markdown/spoken.ts'

const found = (text: string, ...words: string[]) =>
  [...keywordsIn(text, lookFor(words.map((word) => keywordIn(word) as Keyword)))].map(({ start, end }) =>
    text.slice(start, end),
  )

test.each([
  ['tide', 'High TIDE, tides, a-tide', ['TIDE', 'tide']],
  ['Fähre', 'fahre FÄHRE faehre', ['fahre', 'FÄHRE']],
  ['mueller', 'Müller', ['Müller']],
  ['harbour master', 'the harbour  master, the harbour, master', ['harbour  master']],
  ['node.js', 'node.js, node js, node', ['node.js']],
  ['#incident!', 'An incident', ['incident']],
  ['北京', '我在北京。北 京', ['北京']],
  ['한국', '한국에서', ['한국']],
  ['4711', 'ticket #4711', ['4711']],
  ['كتاب', 'الكتاب', ['الكتاب']],
])('%s is found where it is a word: %s', (word, text, places) => {
  expect(found(text, word)).toEqual(places)
})

test('keywords inside of each other are all found', () => {
  expect(found('the harbour master plan', 'harbour', 'harbour master plan', 'master')).toEqual([
    'harbour',
    'master',
    'harbour master plan',
  ])
})

test('a word is shown as it was written, without signs around it', () => {
  expect(keywordIn(' «Fähre» ')).toEqual({ shown: 'Fähre', steps: ['fahre'] })
  expect(keywordIn('node.js')).toEqual({ shown: 'node.js', steps: ['node', 'node.js'] })
  for (const empty of ['', ' ', '+++', '🎉', '\u200b', '\u0301']) expect(keywordIn(empty)).toBeUndefined()
})

/** The steps of a text that begins a keyword again with each word are bounded. */
test('a text of 8,000 beginnings asks for few steps', () => {
  let asked = 0
  const word = keywordIn(`${'a '.repeat(15)}b`)!
  const look = lookFor([word])
  const counted = (step: string) => {
    asked++
    return look(step)
  }
  expect([...keywordsIn('a '.repeat(4000), counted)]).toEqual([])
  expect(asked).toBeLessThan(4000 * 10)
})

test('what a message says is its text without code and bare addresses', () => {
  const text = spokenText(
    '# A title\n\n> quoted *words*\n\n- one\n- `two`\n\n```\nthree\n```\n\n[a link](https://four.example) https://five.example, six@seven.example\n\n| a | b |\n|---|---|\n| c | d |',
  )
  expect(text.split('\0').map((each) => each.trim())).toEqual(
    expect.arrayContaining(['A title', 'quoted words', 'one', 'a', 'b', 'c', 'd']),
  )
  expect(text).toContain('a link')
  for (const word of ['two', 'three', 'four', 'five', 'six', 'seven']) expect(text).not.toContain(word)
})
