import { expect, test } from 'bun:test'
import { createUnsentStore } from '../../src/sdk/unsent.ts'

const storageOf = () => {
  const kept = new Map<string, string>()
  return {
    get length() {
      return kept.size
    },
    key: (index: number) => [...kept.keys()][index] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
}
const draft = (client_id: string) => ({ room: 'general', client_id, content: 'hi', at: 'then' })

// Keys were divided by dots, which usernames may have: what `ben.c` had not sent, `ben` sent under his own name.
test('unsent messages are kept apart for users whose names begin alike', () => {
  const storage = storageOf()
  createUnsentStore(storage, 'ben.c').keep(draft('one'))
  expect(createUnsentStore(storage, 'ben').all()).toEqual([])
  expect(createUnsentStore(storage, 'ben.c').all()).toEqual([draft('one')])
})

test('unsent messages come back in the order of writing, without the ones that were sent', () => {
  const storage = storageOf()
  const box = createUnsentStore(storage, 'ben')
  for (const id of ['b', 'c', 'a']) box.keep(draft(id))
  box.remove('b')
  expect(box.all().map(({ client_id }) => client_id)).toEqual(['a', 'c'])
})
