import { expect, test } from 'bun:test'
import { createMemoryBus } from '../../src/bus/memory.ts'
import {
  type Changes,
  isDue,
  newChanges,
  noteChange,
  publishChanges,
} from '../../src/features/presence/changes.ts'
import type { Person, Tools } from '../../src/scope.ts'

const room = { key: 1, id: 'general', epoch: 'e' }
const tools = { bus: createMemoryBus() } as Tools

/** After how many seconds of quiet the next event is due. */
function pauseOf(changes: Changes, count: number): number {
  for (let seconds = 0; ; seconds++) {
    const at = performance.now() - seconds * 1000
    if (isDue({ ...changes, at }, count)) return seconds
  }
}

function come(changes: Changes, people: number, count: number): void {
  for (let n = 0; n < people; n++)
    noteChange(changes, { id: crypto.randomUUID(), username: `fan-${n}` } as Person, 'online')
  publishChanges(tools, room, changes, count, () => [])
}

test('a crowd that goes on gets events at longer and longer pauses, and a few people every second again', () => {
  const changes = newChanges()
  const pauses: number[] = []
  for (let count = 20; count <= 80; count += 20) {
    come(changes, 20, count)
    for (let n = 0; n < 11; n++)
      noteChange(changes, { id: crypto.randomUUID(), username: 'next' } as Person, 'online')
    pauses.push(pauseOf(changes, count))
  }
  expect(pauses).toEqual([10, 10, 10, 10])
  come(changes, 0, 91)
  come(changes, 1, 92)
  noteChange(changes, { id: 'last', username: 'last' } as Person, 'online')
  expect(pauseOf(changes, 92)).toBe(1)
})

test('a first crowd waits 5 s, and above two hundred so does anybody', () => {
  const changes = newChanges()
  come(changes, 1, 1)
  for (let n = 0; n < 11; n++) noteChange(changes, { id: `${n}`, username: `fan-${n}` } as Person, 'online')
  expect(pauseOf(changes, 12)).toBe(5)
  const many = newChanges()
  come(many, 1, 201)
  noteChange(many, { id: 'last', username: 'last' } as Person, 'online')
  expect(pauseOf(many, 202)).toBe(5)
})
