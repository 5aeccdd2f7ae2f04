import { expect, test } from 'bun:test'
import { initialState, type State } from '../../src/sdk/state.ts'
import { preferences } from '../../src/web/ground/preferences.ts'
import { loadTranslations } from '../../src/web/language/say.ts'
import { callByName } from '../../src/web/people/names.ts'
import { message, room } from './rooms.ts'

/** Without the marks that isolate a name from the direction of the text around it. */
const plain = (text: string | undefined) => text?.replace(/[\u2066-\u2069]/g, '')

const said = (seq: number, username: string, display_name: string, more = {}) =>
  message(seq, username, { author: { username, display_name }, ...more })
const named = new Map<string, string>()
const me = {
  id: '1',
  username: 'ben',
  display_name: 'Ben',
  roles: ['user' as const],
  created_at: '2026-11-20T12:00:00Z',
}
const stateOf = (...rooms: ReturnType<typeof room>[]): State => ({
  ...initialState,
  me,
  rooms: Object.fromEntries(rooms.map((each) => [each.id, each])),
})

test('two people with names that look alike have their usernames next to them, wherever the room names them', () => {
  const before = room({
    messages: [
      said(1, 'cleo', 'Cleo'),
      said(2, 'eve', 'Сlео'),
      said(3, 'dan', 'Dan'),
      said(4, 'mallory', 'Bеn'),
    ],
    excerpt: { messages: [said(1, 'cleo', 'Cleo')], reachedStart: true },
    quoted: { 9: said(9, 'eve', 'Сlео'), 10: undefined },
    members: [
      { username: 'cleo', role: 'member', display_name: 'Cleo' },
      { username: 'dan', role: 'member', display_name: 'Dan' },
    ],
  })
  const { rooms } = callByName(stateOf(before), named)
  const shown = rooms.general!
  const names = shown.messages.map(({ author }) => plain(author.display_name))
  // The last one looks like the reader.
  expect(names).toEqual(['Cleo (@cleo)', 'Сlео (@eve)', 'Dan', 'Bеn (@mallory)'])
  expect(plain(shown.excerpt?.messages[0]?.author.display_name)).toBe('Cleo (@cleo)')
  expect(plain(shown.quoted?.[9]?.author.display_name)).toBe('Сlео (@eve)')
  expect(shown.members?.map(({ display_name }) => plain(display_name))).toEqual(['Cleo (@cleo)', 'Dan'])
})

test('a name that is the username of another one is marked; other people keep the objects they had', () => {
  const before = room({
    messages: [said(1, 'cleo', 'Cleopatra'), said(2, 'eve', 'cleo'), said(3, 'dan', 'Dan')],
  })
  const shown = callByName(stateOf(before), named).rooms.general!
  expect(shown.messages.map(({ author }) => plain(author.display_name))).toEqual([
    'Cleopatra',
    'cleo (@eve)',
    'Dan',
  ])
  expect(shown.messages[0]).toBe(before.messages[0]!)
  const later = callByName(stateOf({ ...before, typing: ['dan'] }), named).rooms.general!
  expect(later.messages).toBe(shown.messages)
})

test('without such names the room stays the same object', () => {
  const before = room({ messages: [said(1, 'cleo', 'Cleo'), said(2, 'dan', 'Dan'), said(3, 'ben', 'Ben')] })
  const state = stateOf(before)
  expect(callByName(state, named)).toBe(state)
})

test('direct rooms with people of one name differ in the list', () => {
  const direct = (id: string, ...people: string[]) =>
    room({ id, access: 'direct', people: ['ben', ...people] })
  const names = new Map([
    ['sam', 'Sam'],
    ['sam.2', 'Ѕаm'],
    ['dan', 'Dan'],
  ])
  const { rooms } = callByName(
    stateOf(direct('a', 'sam'), direct('b', 'sam.2', 'dan'), direct('c', 'dan')),
    names,
  )
  expect(['a', 'b', 'c'].map((id) => plain(rooms[id]?.title))).toEqual([
    'Sam (@sam)',
    'Ѕаm (@sam.2) and Dan',
    'Dan',
  ])
})

// The names of a room were kept by room alone, and by language before its texts were there.
test('the names follow the language, as soon as its texts are loaded', async () => {
  const state = stateOf(room({ messages: [said(1, 'cleo', 'Cleo'), said(2, 'eve', 'Сlео')] }))
  const first = () => plain(callByName(state, named).rooms.general!.messages[0]!.author.display_name)
  const { fetch } = globalThis
  try {
    expect(first()).toBe('Cleo (@cleo)')
    preferences.language.value = 'zh'
    expect(first()).toBe('Cleo (@cleo)')
    globalThis.fetch = Object.assign((path: string) => fetch(`file://${path}`), fetch) as typeof fetch
    await loadTranslations('zh')
    expect(first()).toBe('Cleo（@cleo）')
  } finally {
    globalThis.fetch = fetch
    preferences.language.value = ''
  }
})
