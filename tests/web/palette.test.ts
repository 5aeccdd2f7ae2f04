import { expect, test } from 'bun:test'
import type { State } from '../../src/sdk/state.ts'
import { type Entry, entriesOf, found } from '../../src/web/page/palette-entries.ts'

const entry = (name: string, also?: string): Entry => ({
  key: name,
  name,
  ...(also === undefined ? {} : { also }),
  icon: 'talk',
  run() {},
})
const entries = [
  entry('Harbour watch', 'watch'),
  entry('Café Börse'),
  entry('Watches & clocks'),
  entry('日本語', 'nihongo'),
]
const names = (query: string) => found(entries, query).map(({ name }) => name)

test('without a query everything is in its own order', () => {
  expect(names('  ')).toEqual(entries.map(({ name }) => name))
})

test('the beginning of the name comes before the beginning of a word, and that before the middle of one', () => {
  expect(names('watch')).toEqual(['Watches & clocks', 'Harbour watch'])
  expect(names('arb')).toEqual(['Harbour watch'])
})

test('the name that is the query comes first, then those that begin with it', () => {
  const order = (query: string, ...of: string[]) =>
    found(
      of.map((name) => entry(name)),
      query,
    ).map(({ name }) => name)
  expect(order('tom', 'Ana and Tom', 'Tomorrow', 'Tom')).toEqual(['Tom', 'Tomorrow', 'Ana and Tom'])
  expect(order('Design team', 'Team design', 'Design team')).toEqual(['Design team', 'Team design'])
})

test('every word must be there, in any order; accents and case do not matter; the address counts', () => {
  expect(names('WATCH har')).toEqual(['Harbour watch'])
  expect(names('cafe bor')).toEqual(['Café Börse'])
  expect(names('nihon')).toEqual(['日本語'])
  expect(names('日本')).toEqual(['日本語'])
  expect(names('nothing')).toEqual([])
})

test('before anything is typed, unread rooms come first, and the room in view comes after the other rooms', () => {
  const room = (id: string, unread: number) => ({
    id,
    title: id,
    access: 'open',
    role: 'member',
    unread,
    messages: [],
    members: [],
  })
  const rooms = { here: room('here', 0), quiet: room('quiet', 0), loud: room('loud', 2) }
  const nothing = () => {}
  const state = { status: 'online', rooms } as unknown as State
  const names = entriesOf(state, [], { go: nothing, join: nothing, write: nothing, run: [], here: 'here' })
  expect(names.slice(0, 3).map(({ name }) => name)).toEqual(['loud', 'quiet', 'here'])
})
