import { expect, test } from 'bun:test'
import { emojis, loadEmoji, nameOf, searchEmoji } from '../../src/web/text/emoji/emoji.ts'
import { quick } from '../../src/web/text/emoji/recent.ts'

await loadEmoji()

test('every emoji is in the table once, with a name, and is one emoji', () => {
  const all = [...emojis().groups.values()].flat()
  expect(all.length).toBeGreaterThan(500)
  expect(new Set(all.map(({ emoji }) => emoji)).size).toBe(all.length)
  for (const { emoji, name } of all) {
    expect(emoji).toMatch(/^\p{RGI_Emoji}$/v)
    expect(name).not.toBe('')
  }
  for (const emoji of quick) expect(nameOf(emoji)).toBeDefined()
})

test('is found by words of its name, those that begin with them first', () => {
  expect(searchEmoji('party')[0]).toEqual({ emoji: '🎉', name: 'party popper' })
  expect(searchEmoji('face tears').map(({ emoji }) => emoji)).toContain('😂')
  expect(searchEmoji('')).toEqual([])
  expect(searchEmoji('no such thing')).toEqual([])
})

test('has a name with and without the mark of a coloured picture', () => {
  expect(nameOf('❤️')).toBe('red heart')
  expect(nameOf('❤')).toBe('red heart')
  expect(nameOf('x')).toBeUndefined()
})
