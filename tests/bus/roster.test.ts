import { expect, test } from 'bun:test'
import { createRoster, type Word } from '../../src/bus/roster.ts'

function rosterFor() {
  const calls: string[] = []
  const roster = createRoster({ onGap: () => calls.push('gap'), onNew: () => calls.push('new') })
  roster.onNode((node, alive) => calls.push(`${node} ${alive}`))
  const hear = (node: string, say: Word['say'], losses = 0) => roster.hear(node, { say, losses, at: 0 })
  const beat = (times: number) => {
    for (let nth = 0; nth < times; nth++) roster.beat()
  }
  return { roster, hear, beat, callsOf: () => calls.splice(0) }
}

test('a node that says nothing for twenty beats is gone, and comes back with its next word', () => {
  const { roster, hear, beat, callsOf } = rosterFor()
  hear('b', 'hello')
  beat(20)
  roster.touch('b')
  beat(20)
  expect([...roster.others()]).toEqual(['b'])
  beat(1)
  expect([...roster.others()]).toEqual([])
  hear('b', 'alive')
  expect(callsOf()).toEqual(['b true', 'new', 'b false', 'b true', 'new'])
})

test('nobody is gone because this node was away', () => {
  const { roster, hear, beat } = rosterFor()
  hear('b', 'alive')
  beat(20)
  roster.forgive()
  beat(20)
  expect(roster.others().size).toBe(1)
})

test('a node that has lost notes tells of it once, a new one too', () => {
  const { hear, callsOf } = rosterFor()
  hear('b', 'hello')
  hear('b', 'alive')
  expect(callsOf()).toEqual(['b true', 'new'])
  hear('b', 'alive', 1)
  hear('b', 'alive', 1)
  expect(callsOf()).toEqual(['gap'])
  hear('c', 'alive', 3)
  expect(callsOf()).toEqual(['c true', 'new', 'gap'])
  hear('b', 'bye', 1)
  expect(callsOf()).toEqual(['b false'])
})
