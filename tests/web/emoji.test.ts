import { expect, test } from 'bun:test'
import { emojis, loadEmoji, nameOf, searchEmoji } from '../../src/web/text/emoji/emoji.ts'
import { frequentEmoji, noteEmoji, quick, recentEmoji } from '../../src/web/text/emoji/recent.ts'

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

test('your own most used emoji are at hand first, also those stored before they were counted', () => {
  const kept = new Map<string, string>()
  globalThis.localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage
  expect(frequentEmoji(3)).toEqual(quick.slice(0, 3))
  kept.set('parley.emoji', '["🍪","🦞",7,["🐙","many"],{}]')
  expect(frequentEmoji(3)).toEqual(['🍪', '🦞', '👍'])
  noteEmoji('🦞')
  noteEmoji('👍')
  expect(frequentEmoji(3)).toEqual(['🦞', '👍', '🍪'])
  expect(recentEmoji()).toEqual(['👍', '🦞', '🍪'])
  for (const emoji of ['🍪', '🍪']) noteEmoji(emoji)
  expect(frequentEmoji(2)).toEqual(['🍪', '🦞'])
  kept.set('parley.emoji', 'nonsense')
  expect(frequentEmoji(2)).toEqual(quick.slice(0, 2))
  delete (globalThis as { localStorage?: Storage }).localStorage
})
