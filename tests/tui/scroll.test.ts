import { expect, test } from 'bun:test'
import { look, scrolled } from '../../src/tui/scroll.ts'

const rowsOf = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    key: `seq ${from + index}:0`,
    text: `${from + index}`,
  }))
const seen = (rows: ReturnType<typeof rowsOf>, anchor: string | undefined) =>
  look(rows, 3, anchor).rows.map(({ text }) => Number(text))

test('a view follows the newest until it is scrolled, and again when it is back at the bottom', () => {
  expect(seen(rowsOf(1, 10), undefined)).toEqual([8, 9, 10])
  const up = scrolled(rowsOf(1, 10), 3, undefined, -2)
  expect(seen(rowsOf(1, 10), up)).toEqual([6, 7, 8])
  expect(look(rowsOf(1, 10), 3, up).below).toBe(2)
  expect(scrolled(rowsOf(1, 10), 3, up, 2)).toBeUndefined()
})

test('a scrolled view stays where it is when something comes before or after it', () => {
  const up = scrolled(rowsOf(5, 10), 3, undefined, -2)
  expect(seen(rowsOf(5, 12), up)).toEqual([6, 7, 8])
  expect(seen(rowsOf(1, 12), up)).toEqual([6, 7, 8])
})

test('a view ends at the top, and follows the newest where its place is gone', () => {
  expect(seen(rowsOf(1, 10), scrolled(rowsOf(1, 10), 3, undefined, -99))).toEqual([1, 2, 3])
  expect(seen(rowsOf(50, 60), 'seq 6:0')).toEqual([58, 59, 60])
  expect(seen(rowsOf(1, 2), scrolled(rowsOf(1, 2), 3, undefined, -1))).toEqual([1, 2])
})
