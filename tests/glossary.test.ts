import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'

/*
 * ARCHITECTURE.md's glossary and the manner of CONTRIBUTING.md as a table: words that the house does not use, neither in
 * names nor in sentences, and what to write instead.
 */

const not: Record<string, string> = {
  anew: 'again',
  beside: 'next to, as well as',
  bury: 'delete',
  'for ever': 'forever, permanently, without end',
  heed: 'handle, apply',
  'in vain': 'without effect, for nothing',
  keepsake: 'saved session',
  lapse: 'refusal, error',
  oneself: 'yourself, your own, themselves',
  'one’s own': 'your own, their own',
  sought: 'wanted, looked up',
  'stands in': 'is in',
  thrice: 'three times',
  told: 'say who tells what: "the server sends", "clients receive", errorText',
  whoever: 'anyone who, the person who',
  whomever: 'anyone, the person who',
  wish: 'command, option',
}

/** They quote sources that have not been read yet. */
const quoting = ['ARCHITECTURE.md', 'tests/faults/mutant-list.ts', 'tests/glossary.test.ts']

const texts = ['*.md', 'deploy/*', '{src,tests,scripts,examples,docs}/**/*.{ts,tsx,md,css,json}']

const root = join(import.meta.dir, '..')

/** `camelCase` and `snake_case` as words, so that a name is held to the same table as a sentence. */
const asWords = (text: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()

const patterns = Object.keys(not).map(
  (word) => [word, new RegExp(`\\b${word.replace(' ', '\\s+')}(e?s)?\\b`)] as const,
)

test('no file uses a word that the glossary has replaced', async () => {
  const found: string[] = []
  for (const path of texts.flatMap((pattern) => [...new Glob(pattern).scanSync(root)])) {
    if (quoting.includes(path)) continue
    const lines = (await Bun.file(join(root, path)).text()).split('\n')
    lines.forEach((line, index) => {
      const text = asWords(line)
      for (const [word, pattern] of patterns)
        if (pattern.test(text)) found.push(`${path}:${index + 1} "${word}" (better: ${not[word]})`)
    })
  }
  expect(found).toEqual([])
})
