import { expect, test } from 'bun:test'
import { roomsOf } from '../../src/bench/load/return.ts'
import { createPlan } from '../../src/bench/plan.ts'

test('--people makes a community of that size: everybody in one room and in 10 of 100 others', () => {
  const { back, people } = createPlan({ quick: false, openFiles: 100_000, people: 5_000 })
  expect(people).toBe(5_000)
  expect(back).toMatchObject({ guests: 5_000, rooms: 101, talkers: 24 })
  const rooms = Array.from({ length: back.rooms }, (_, index) => index)
  const members = rooms.map(() => 0)
  for (let index = 0; index < back.guests; index++) {
    const own = roomsOf(rooms, back, index)
    expect(new Set(own).size).toBe(11)
    for (const room of own) members[room]!++
  }
  expect(members).toEqual([5_000, ...Array.from({ length: 100 }, () => 500)])
})

test('without it 200 people are in 4 of 20 rooms, and half of them talk', () => {
  const { back } = createPlan({ quick: false, openFiles: 100_000 })
  expect(back).toMatchObject({ guests: 200, rooms: 20, talkers: 100 })
  const rooms = Array.from({ length: back.rooms }, (_, index) => index)
  expect(roomsOf(rooms, back, 19)).toEqual([19, 0, 1, 2])
})
