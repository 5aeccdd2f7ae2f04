import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { beginningOf } from '../../src/text/cut.ts'
import { graphemesOf } from '../../src/tui/text.ts'

test('a text is cut between what a reader sees as characters, and is as long as it may be', () => {
  expect(beginningOf(`${'x'.repeat(199)}🌊🌊`, 200)).toBe('x'.repeat(199))
  expect(beginningOf(`${'x'.repeat(198)}🌊🌊`, 200)).toBe(`${'x'.repeat(198)}🌊`)
  expect(beginningOf('👨‍👩‍👧'.repeat(3), 10)).toBe('👨‍👩‍👧')
  expect(beginningOf('short', 5)).toBe('short')
  const unit = fc.constantFrom('a', '日', '🌊', '👨‍👩‍👧', 'e\u0301', '🇩🇪', '\n')
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 60 }), fc.integer({ min: 12, max: 80 }), (characters, most) => {
      const text = characters.join('')
      const beginning = beginningOf(text, most)
      expect(beginning.isWellFormed()).toBe(true)
      expect(beginning.length).toBeLessThanOrEqual(most)
      const whole = graphemesOf(text)
      const kept = graphemesOf(beginning)
      expect(whole.slice(0, kept.length)).toEqual(kept)
      const next = whole[kept.length]
      if (next !== undefined) expect(beginning.length + next.length).toBeGreaterThan(most)
    }),
  )
})

test('a character that is longer than that is cut between code points', () => {
  const pile = `a${'\u0301'.repeat(500)}`
  expect(beginningOf(pile, 200)).toBe(pile.slice(0, 200))
  expect(beginningOf(`🌊${'\u{1d165}'.repeat(200)}`, 201).isWellFormed()).toBe(true)
})
