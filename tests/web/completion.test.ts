import { describe, expect, test } from 'bun:test'
import { askedAt, suggestionsFor } from '../../src/web/talk/completion.ts'
import { loadEmoji } from '../../src/web/text/emoji/emoji.ts'
import { message, room } from './rooms.ts'

await loadEmoji()

const asked = (text: string) => {
  const caret = text.indexOf('|')
  return askedAt(text.replace('|', ''), caret)
}
const member = (username: string, display_name: string) => ({
  username,
  display_name,
  role: 'member' as const,
})
const quay = room({
  members: [
    member('ada', 'Ada'),
    member('ben', 'Ben Okafor'),
    member('benno', 'Benno'),
    member('cleo', 'Élise Cléo'),
    member('dan_b', 'Dan'),
  ],
  online: ['benno', 'ada'],
  messages: [message(1, 'ben', { author: { username: 'ben', display_name: 'Ben Okafor' } })],
})
const ada = { username: 'ada' } as Parameters<typeof suggestionsFor>[2]
const people = (query: string) =>
  suggestionsFor({ kind: 'person', from: 0, query }, quay, ada).map(({ key }) => key)
const emoji = (query: string) =>
  suggestionsFor({ kind: 'emoji', from: 0, query }, quay, ada).map(({ sign }) => sign)

describe('the completed text', () => {
  test('is a name after an @ that the server would find too', () => {
    expect(asked('Hello @be|')).toEqual({ kind: 'person', from: 6, query: 'be' })
    expect(asked('@|')).toEqual({ kind: 'person', from: 0, query: '' })
    expect(asked('(@ben ok|')).toEqual({ kind: 'person', from: 1, query: 'ben ok' })
    expect(asked('你好@李|')).toEqual({ kind: 'person', from: 2, query: '李' })
    for (const other of ['ben@exam|', '@@b|', 'a-@b|', '@ben |', '@be|n', 'no|', '@ |'])
      expect(asked(other)).toBeUndefined()
  })

  test('is an emoji after a colon, but not a time, an address or a list', () => {
    expect(asked('Good :par|')).toEqual({ kind: 'emoji', from: 5, query: 'par' })
    expect(asked(':+1|')).toEqual({ kind: 'emoji', from: 0, query: '+1' })
    for (const other of ['at 10:30|', 'https:ab|', 'std::vec|', ': ab|', ':p|', 'these:one|'])
      expect(asked(other)).toBeUndefined()
  })
})

describe('people to mention', () => {
  test('are people who are online, then people who wrote lately, then the others by name, and never yourself', () => {
    expect(people('')).toEqual(['benno', 'ben', 'dan_b', 'cleo'])
  })

  test('are found by the beginning of each word of their name, and by username', () => {
    expect(people('oka')).toEqual(['ben'])
    expect(people('ben ok')).toEqual([])
    expect(people('elise cle')).toEqual(['cleo'])
    expect(people('CLEO')).toEqual(['cleo'])
    expect(people('b')).toEqual(['benno', 'ben', 'dan_b'])
    expect(people('kafor')).toEqual([])
  })

  test('whose username is written out go first', () => {
    expect(people('ben')).toEqual(['ben', 'benno'])
  })

  test('take the place of the word, with room for the next', () => {
    expect(suggestionsFor({ kind: 'person', from: 0, query: 'dan' }, quay, ada)[0]).toMatchObject({
      text: '@dan_b ',
      name: 'Dan',
      note: '@dan_b',
    })
  })
})

test('an emoji is found by its name, and by what other chats call it', () => {
  expect(emoji('party_p')[0]).toBe('🎉')
  expect(emoji('tada')).toEqual(['🎉'])
  expect(emoji('+1')[0]).toBe('👍')
  expect(emoji('zzzz')).toEqual([])
  expect(emoji('face').length).toBe(8)
})
