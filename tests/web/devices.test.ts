import { expect, test } from 'bun:test'
import { loadLaterTexts } from '../../src/web/language/later-texts.ts'
import { deviceOf } from '../../src/web/settings/devices.ts'

await loadLaterTexts()

const plain = (agent: string) => deviceOf(agent).replace(/[\u2068\u2069]/g, '')
const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'

test('a browser is shown by its name and its system, no matter what else it claims to be', () => {
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'
  expect(plain(`${windows} ${webkit} Chrome/130.0 Safari/537.36`)).toBe('Chrome on Windows')
  expect(plain(`${windows} ${webkit} Chrome/130.0 Safari/537.36 Edg/130.0`)).toBe('Edge on Windows')
  expect(plain('Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0')).toBe(
    'Firefox on Android',
  )
  const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)'
  expect(plain(`${iphone} AppleWebKit/605.1 Version/17.5 Mobile/15E148 Safari/604.1`)).toBe(
    'Safari on iPhone',
  )
})

test('a program is shown by its own name, cut short; one without a name is unknown', () => {
  expect(plain('curl/8.5.0')).toBe('curl/8.5.0')
  expect(plain('x'.repeat(200))).toBe('x'.repeat(80))
  expect(plain(`${'x'.repeat(79)}🌊`)).toBe('x'.repeat(79))
  expect(plain('')).toBe('Unknown device')
})
