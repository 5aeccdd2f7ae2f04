import { describe, expect, test } from 'bun:test'
import { findIn } from '../../../src/text/search/find.ts'
import { termGroups } from '../../../src/text/search/match.ts'
import { readMoment, readQuery } from '../../../src/text/search/query.ts'
import { termsOf } from '../../../src/text/search/terms.ts'
import { cases } from './cases.ts'

describe.each(Object.entries(cases))('%s', (_language, rows) => {
  test.each(rows)('"%s" in "%s"', (query, text, ...marked) => {
    const asked = readQuery(query)
    const found = findIn(text, asked)
    expect(found?.map(([start, end]) => text.slice(start, end)) ?? []).toEqual(marked)
    if (marked.length === 0) return
    // The index finds what the text has: never less.
    const terms = termsOf(text)
    for (const group of asked.words.flatMap(termGroups))
      expect(group.some((term) => terms.has(term)) || group).toBe(true)
  })
})

test('the table has at least 80 cases, and 12 languages', () => {
  expect(Object.values(cases).flat().length).toBeGreaterThanOrEqual(80)
  expect(Object.keys(cases).length - 4).toBeGreaterThanOrEqual(12)
})

test('filters are read wherever they stand, and are no words', () => {
  const asked = readQuery('from:ben harbour in:general before:2026-11-01 has:link IS:mine from: -from')
  expect(asked).toMatchObject({
    from: ['ben'],
    in: ['general'],
    before: ['2026-11-01'],
    has: ['link'],
    is: ['mine'],
  })
  expect(asked.words).toHaveLength(1)
  expect(asked.without).toHaveLength(1)
})

test('a date is a year, a month, a day or a time, and nothing else', () => {
  expect(readMoment('2026')?.toJSON()).toBe('2026-01-01T00:00:00.000Z')
  expect(readMoment('2026-11')?.toJSON()).toBe('2026-11-01T00:00:00.000Z')
  expect(readMoment('2026-11-02')?.toJSON()).toBe('2026-11-02T00:00:00.000Z')
  // Not in the zone of the server.
  const zone = process.env.TZ
  try {
    process.env.TZ = 'Asia/Tokyo'
    expect(readMoment('2026-11-02T09:30:00')?.toJSON()).toBe('2026-11-02T09:30:00.000Z')
    expect(readMoment('2026-11-02T09:30:00+02:00')?.toJSON()).toBe('2026-11-02T07:30:00.000Z')
  } finally {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  }
  expect(readMoment('2026-11-02T10:00:00.000Z')?.toJSON()).toBe('2026-11-02T10:00:00.000Z')
  for (const wrong of ['', '2026-02-30', '2026-13', 'noon', '02.11.2026', '2026-11-02Tnoon', '0000'])
    expect(readMoment(wrong)).toBeUndefined()
})

test('a text that was made to take time takes none', () => {
  const hostile = [
    'a1'.repeat(4000),
    '東'.repeat(8000),
    'Müller '.repeat(1140),
    '👩‍👩‍👧'.repeat(1000),
    '-'.repeat(8000),
  ]
  const asked = readQuery(`"${'müller '.repeat(30)}x" "${'a1 '.repeat(30)}" ${'東'.repeat(100)}`)
  for (const text of hostile) {
    expect(termsOf(text).size).toBeLessThan(5000)
    for (const phrase of asked.words) findIn(text, { words: [phrase], without: [] })
  }
})
