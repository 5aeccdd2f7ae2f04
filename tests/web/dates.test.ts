import { afterEach, expect, test } from 'bun:test'
import { preferences } from '../../src/web/ground/preferences.ts'
import { timeOf, whenOf } from '../../src/web/language/dates.ts'

const browser = Object.getOwnPropertyDescriptor(navigator, 'languages')

afterEach(() => {
  if (browser) Object.defineProperty(navigator, 'languages', browser)
  else Reflect.deleteProperty(navigator, 'languages')
  preferences.language.value = ''
})

// A reader from Egypt saw "١٠:٢٤ م" next to "3 رسائل": counts have the language, dates also the region.
test('a date has the digits of the other numbers of the page, in every region', () => {
  Object.defineProperty(navigator, 'languages', { value: ['ar-EG'], configurable: true })
  preferences.language.value = 'ar'
  const at = '2026-11-30T10:24:00Z'
  for (const shown of [timeOf(at), whenOf(at), new Intl.NumberFormat('ar').format(3)])
    expect(shown).not.toMatch(/[٠-٩]/)
})
