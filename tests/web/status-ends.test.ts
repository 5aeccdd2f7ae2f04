import { expect, test } from 'bun:test'
import { type End, ends, firstDayIn } from '../../src/web/settings/status-ends.ts'

/** A Wednesday, in the time zone of the person. */
const wednesday = new Date(2026, 10, 25, 15, 20)
const of = (end: End, now = wednesday, firstDay?: number) => ends[end](now, firstDay)

test('a status ends after a time, with the day or with the week, or not at all', () => {
  expect(of('never')).toBeUndefined()
  expect(of('halfHour')).toEqual(new Date(2026, 10, 25, 15, 50))
  expect(of('hour')).toEqual(new Date(2026, 10, 25, 16, 20))
  expect(of('hours')).toEqual(new Date(2026, 10, 25, 19, 20))
  expect(of('today')).toEqual(new Date(2026, 10, 26))
  expect(of('week')).toEqual(new Date(2026, 10, 30))
})

test('a week ends before its first day, which is another one in other languages', () => {
  const [saturday, sunday, monday] = [28, 29, 30].map((day) => new Date(2026, 10, day, 9))
  expect(of('week', sunday, 1)).toEqual(new Date(2026, 10, 30))
  expect(of('week', monday, 1)).toEqual(new Date(2026, 11, 7))
  expect(of('week', saturday, 7)).toEqual(new Date(2026, 10, 29))
  expect(of('week', sunday, 7)).toEqual(new Date(2026, 11, 6))
  expect(of('week', wednesday, 6)).toEqual(new Date(2026, 10, 28))
  expect(firstDayIn('de')).toBe(1)
})
