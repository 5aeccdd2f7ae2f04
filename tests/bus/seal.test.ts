import { expect, test } from 'bun:test'
import { createSeal } from '../../src/bus/seal.ts'

const key = new Uint8Array(32).fill(1)
const [ada, ben] = [crypto.randomUUID(), crypto.randomUUID()]

test('what one node seals opens on another one, with its name and its number', () => {
  const [here, there] = [createSeal(key, 'ours|1', ada), createSeal(key, 'ours|1', ben)]
  expect(there.open(here.seal('notes', 'ж🌍'))).toEqual({ node: ada, kind: 'notes', count: 1, text: 'ж🌍' })
  expect(there.open(here.seal('word', ''))).toEqual({ node: ada, kind: 'word', count: 2, text: '' })
  expect(here.isOwn(here.seal('notes', 'x'), 'notes')).toBe(true)
  expect(here.isOwn(here.seal('word', 'x'), 'notes')).toBe(false)
  expect(here.isOwn(there.seal('notes', 'x'), 'notes')).toBe(false)
})

test('a note does not open with another key, in another community, or when a byte was changed', () => {
  const sealed = createSeal(key, 'ours|1', ada).seal('notes', 'a canary')
  expect(Buffer.from(sealed, 'base64').includes('canary')).toBe(false)
  expect(createSeal(key, 'ours|2', ben).open(sealed)).toBeUndefined()
  expect(createSeal(new Uint8Array(32), 'ours|1', ben).open(sealed)).toBeUndefined()
  const there = createSeal(key, 'ours|1', ben)
  const bytes = Buffer.from(sealed, 'base64')
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    expect([at, there.open(changed.toString('base64'))]).toEqual([at, undefined])
  }
  for (const text of ['', 'x', sealed.slice(0, 40), 'not base64 !'.repeat(9)])
    expect(there.open(text)).toBeUndefined()
  expect(there.open(sealed)?.text).toBe('a canary')
})

test('the same text is never sealed to the same bytes, and a seal that has moved opens what the others seal now', () => {
  const [here, there] = [createSeal(key, 'ours|1', ada), createSeal(key, 'ours|1', ben)]
  expect(new Set(Array.from({ length: 100 }, () => here.seal('notes', 'same'))).size).toBe(100)
  expect([here.move('ours|2'), here.move('ours|2')]).toEqual([true, false])
  expect(there.open(here.seal('notes', 'x'))).toBeUndefined()
  there.move('ours|2')
  expect(there.open(here.seal('notes', 'x'))?.text).toBe('x')
})
