import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { plain, plainLine } from '../../src/text/plain.ts'
import { cut, fill, graphemesOf, widthOf, wrap } from '../../src/tui/text.ts'

const words = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '日', '本', '👍', '👨‍👩‍👧', 'é', '-'),
  maxLength: 60,
})

describe('what people wrote, as it is printed', () => {
  test('shows control characters instead of sending them to the terminal', () => {
    expect(plain('\x1b]0;mine\x07 \x1b[2J \x9b31m \x00\x7f')).toBe('␛]0;mine␇ ␛[2J \ufffd31m ␀␡')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plain(text).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
        expect(plainLine(text)).not.toContain('\n')
      }),
    )
  })

  test('keeps line breaks of every kind, and loses what turns the direction of writing around', () => {
    expect(plain('a\r\nb\rc\u2028d')).toBe('a\nb\nc\nd')
    expect(plain('user\u202egnp.exe')).toBe('usergnp.exe')
  })
})

describe('a terminal of so many columns', () => {
  test('gets rows that fit and lose nothing but the spaces at their breaks', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 20 }), (text, columns) => {
        const rows = wrap(text, columns)
        for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(columns)
        expect(rows.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
    )
  })

  test('breaks at spaces, and within a word only where it has to', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox'])
    expect(wrap('日本語日本語', 7)).toEqual(['日本語', '日本語'])
    expect(wrap('one\n\ntwo', 10)).toEqual(['one', '', 'two'])
    // A space at the very edge was once dropped, while the break went before the word in front of it.
    expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc'])
  })

  test('cuts between characters, never inside of one, and fills up exactly', () => {
    expect(cut('日本語', 5)).toBe('日本…')
    expect(cut('日本語', 4)).toBe('日…')
    expect(cut('日本語', 6)).toBe('日本語')
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 20 }), (text, columns) => {
        expect(widthOf(fill(text, columns))).toBe(columns)
        const kept = graphemesOf(cut(text, columns).replace(/…$/, ''))
        expect(graphemesOf(text).slice(0, kept.length)).toEqual(kept)
      }),
    )
  })
})
