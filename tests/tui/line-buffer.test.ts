import { describe, expect, test } from 'bun:test'
import { bufferOf, edit, emptyBuffer, type LineBuffer, textOf, windowOf } from '../../src/tui/line-buffer.ts'

const key = (name: string, { ctrl = false, meta = false } = {}) => ({ name, text: '', ctrl, meta })
const typed = (text: string) => ({ name: '', text, ctrl: false, meta: false })

/** `|` is the cursor. */
function after(text: string, ...keys: ReturnType<typeof key>[]): string {
  const draft = keys.reduce<LineBuffer>((before, each) => edit(before, each) ?? before, bufferOf(text))
  return `${draft.characters.slice(0, draft.at).join('')}|${draft.characters.slice(draft.at).join('')}`
}

describe('the line editor', () => {
  test('knows characters as people do', () => {
    expect(after('a👨‍👩‍👧日', key('left'), key('backspace'))).toBe('a|日')
    expect(after('日本', key('home'), key('delete'))).toBe('|本')
    const flag = ['🇩', '🇪'].reduce<LineBuffer>((draft, half) => edit(draft, typed(half))!, emptyBuffer)
    expect(flag.characters).toEqual(['🇩🇪'])
  })

  test('has the keys of a shell', () => {
    expect(after('one two  ', key('w', { ctrl: true }))).toBe('one |')
    expect(after('one two', key('a', { ctrl: true }))).toBe('|one two')
    expect(after('one two', key('left'), key('u', { ctrl: true }))).toBe('|o')
    expect(after('one two', key('home'), key('k', { ctrl: true }))).toBe('|')
    expect(after('one', key('return', { meta: true }))).toBe('one\n|')
  })

  test('leaves other keys to others', () => {
    expect(edit(bufferOf('one'), key('pageup'))).toBeUndefined()
    expect(edit(bufferOf('one'), key('n', { ctrl: true }))).toBeUndefined()
  })

  test('takes a paste with its lines, and no control characters', () => {
    expect(textOf(edit(emptyBuffer, typed('a\r\x1b[31mb'))!)).toBe('a\n␛[31mb')
  })

  test('is seen around the cursor where it is longer than the terminal', () => {
    expect(windowOf(bufferOf('日本語日本語'), 7)).toEqual({ text: '日本語', column: 6 })
    expect(windowOf({ ...bufferOf('日本語日本語'), at: 0 }, 7)).toEqual({ text: '日本語', column: 0 })
    expect(windowOf(bufferOf('a\nb'), 20)).toEqual({ text: 'a⏎b', column: 3 })
    // A message may be brought back here to be changed, whatever is in it.
    expect(windowOf(bufferOf('a\x1b[2J\r\n'), 20)).toEqual({ text: 'a␛[2J⏎', column: 6 })
  })
})
