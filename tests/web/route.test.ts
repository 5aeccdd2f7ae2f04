import { expect, test } from 'bun:test'
import { addressOf, roomIn, setUpCodeIn } from '../../src/web/route.ts'

test('the fragment names the room, whatever its letters', () => {
  for (const room of ['general', 'a&b=c#d', '__proto__']) expect(roomIn(addressOf(room))).toBe(room)
  expect(roomIn('#rooms')).toBeUndefined()
  expect(roomIn('')).toBeUndefined()
})

test('the set-up link of the server carries its code in the fragment', () => {
  expect(setUpCodeIn('#setup=aB-3_x')).toBe('aB-3_x')
  expect(setUpCodeIn('#room=general')).toBeUndefined()
})
