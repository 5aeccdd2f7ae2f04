import { expect, test } from 'bun:test'
import { piecesOf } from '../../src/web/text/markdown/colours.ts'

const tones = (language: string, text: string) =>
  piecesOf(language, text)?.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.tone]))

test('code has colours in a language that is known', () => {
  expect(tones('js', "const a = 'b'")).toEqual(['hljs-keyword', 'hljs-string'])
  expect(piecesOf('klingon', 'Qapla')).toBeUndefined()
})

// Grammars take the square of these lengths: see decision 040.
test.each([
  ['4,000 characters', 'a = 1\n'.repeat(666) + 'a = 1'.slice(0, 4), true],
  ['more', 'a = 1\n'.repeat(667), false],
  ['a line of 300', `x\n${'a'.repeat(300)}\nx`, true],
  ['a longer one', `x\n${'a'.repeat(301)}\nx`, false],
])('%s', (_, text, has) => {
  expect(piecesOf('ini', text) !== undefined).toBe(has)
})
