import { describe, expect, test } from 'bun:test'
import { around, beyond, earlier, lastOf, later, linesIn, reach, step } from '../../src/web/talk/span.ts'

/** Numbered as in a log, where other events stand between messages. */
const lines = Array.from({ length: 1000 }, (_, index) => ({ seq: 1 + index * 3 }))
const seqs = (part: { seq: number }[]) => part.map(({ seq }) => seq)

describe('the lines in the page', () => {
  test('are first the last ones, and then also new ones', () => {
    const span = lastOf(lines)
    expect(linesIn(lines, span, true).at(-1)).toEqual(lines.at(-1)!)
    const more = [...lines, { seq: 4000 }]
    expect(linesIn(more, span, true).at(-1)).toEqual({ seq: 4000 })
    expect(beyond(lines, span)).toEqual({ before: 1000 - reach - step, after: 0 })
    expect(linesIn([], lastOf([]), true)).toEqual([])
  })

  test('grow upwards by a step, and not beyond the first', () => {
    let span = lastOf(lines)
    const before = linesIn(lines, span, false).length
    span = earlier(lines, span)
    expect(linesIn(lines, span, false).length).toBe(before + step)
    for (let turn = 0; turn < 60; turn++) span = earlier(lines, span)
    expect(span.from).toBe(1)
    expect(earlier(lines, span)).toBe(span)
  })

  test('keep their place when a page is added above them', () => {
    const span = around(lines.slice(500), lines[600]!.seq, true)
    expect(seqs(linesIn(lines, span, false))).toEqual(seqs(linesIn(lines.slice(500), span, false)))
  })

  test('around a message end before the last one, and can be extended to it', () => {
    let span = around(lines, lines[500]!.seq + 1, true)
    expect(linesIn(lines, span, false).some(({ seq }) => seq === lines[501]!.seq)).toBe(true)
    expect(span.to).toBeDefined()
    for (let turn = 0; turn < 40; turn++) span = later(lines, span, true)
    expect(span.to).toBeUndefined()
    expect(around(lines, lines[999]!.seq, true).to).toBeUndefined()
  })

  test('of a part of the log have their own end, until more is loaded', () => {
    const part = lines.slice(100, 200)
    let span = around(part, part[99]!.seq, false)
    expect(span.to).toBe(part[99]!.seq)
    expect(later(part, span, false)).toBe(span)
    span = later(lines, span, true)
    expect(span.to).toBe(lines[200 + step - 1]!.seq)
  })

  test('are never all the lines at once', () => {
    expect(linesIn(lines, { from: 0 }, true).at(-1)).toEqual(lines.at(-1)!)
    expect(linesIn(lines, { from: 0 }, false)[0]).toEqual(lines[0]!)
    for (const following of [true, false])
      expect(linesIn(lines, { from: 0 }, following).length).toBeLessThan(300)
  })
})
