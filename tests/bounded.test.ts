import { expect, test } from 'bun:test'
import { createBounded } from '../src/bounded.ts'

test('a full map removes the entry that was least recently read or written', () => {
  const map = createBounded<string, number>(3)
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const)
    map.set(key, value)
  map.get('a')
  map.set('b', 20)
  map.set('d', 4)
  expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([1, 20, undefined, 4])
  expect(map.size).toBe(3)
})

test('a deleted entry makes room', () => {
  const map = createBounded<string, number>(1)
  map.set('a', 1)
  map.delete('a')
  map.set('b', 2)
  expect([map.get('a'), map.get('b')]).toEqual([undefined, 2])
})
