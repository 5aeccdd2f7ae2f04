import { expect, test } from 'bun:test'
import { pastedFrom } from '../../src/web/files/dropped.ts'
import {
  addressOfPreview,
  fitted,
  isPicture,
  type Picture,
  previewsOf,
  typeName,
} from '../../src/web/files/kinds.ts'
import { viewableIn } from '../../src/web/files/viewable.ts'
import { sizeOf } from '../../src/web/language/amounts.ts'
import { wordsOf } from '../../src/web/language/words-of.ts'
import { message } from './rooms.ts'

const picture = (id: string, width: number, height: number): Picture => ({
  ...{ id, name: `${id}.jpg`, type: 'image/jpeg', bytes: 1000 },
  ...{ width, height },
})

test('a picture is as large as its box, and never larger than it is', () => {
  const box = { width: 480, height: 360 }
  expect(fitted(picture('a', 1600, 1200), box)).toEqual({ width: 480, height: 360 })
  expect(fitted(picture('b', 1200, 1600), box)).toEqual({ width: 270, height: 360 })
  expect(fitted(picture('c', 40, 30), box)).toEqual({ width: 40, height: 30 })
  expect(fitted(picture('d', 10_000, 10), box)).toEqual({ width: 480, height: 1 })
})

test('a browser is offered the previews by their width, which of an upright picture is the shorter side', () => {
  expect(previewsOf(picture('a', 1600, 1200))).toContain('/files/a/preview?size=720 720w')
  expect(previewsOf(picture('b', 600, 1200))).toContain('/files/b/preview?size=720 360w')
  expect(addressOfPreview('a', 400)).toBe('/files/a/preview?size=720')
  expect(addressOfPreview('a', 4000)).toBe('/files/a/preview?size=1440')
})

test('what a file is, is said by its type; what nobody knows is a file', () => {
  expect(['application/pdf', 'application/zip', 'text/plain', 'image/svg+xml'].map(typeName)).toEqual([
    ...['PDF', 'ZIP', 'TXT', 'SVG'],
  ])
  expect(typeName('application/octet-stream')).toBe('File')
  expect(typeName('')).toBe('File')
  expect(isPicture({ id: 'x', name: 'x.svg', type: 'image/svg+xml', bytes: 10 })).toBe(false)
})

test('a size is in few digits', () => {
  expect([12, 1000, 245_810, 25_000_000, 1_500_000_000].map(sizeOf)).toEqual([
    ...['12 bytes', '1 kB', '246 kB', '25 MB', '1.5 GB'],
  ])
})

test('a message is quoted by its words, then by the names of its files', () => {
  const files = [picture('a', 1, 1), picture('b', 1, 1)]
  expect(wordsOf({ content: '', files })).toBe('⁨a.jpg⁩, ⁨b.jpg⁩')
  expect(wordsOf({ content: 'See **this**', files: [files[0]!] })).toBe('See this · ⁨a.jpg⁩')
  expect(wordsOf({ content: 'Only words' })).toBe('Only words')
})

test('a spreadsheet offers its cells as a picture too: then the text is pasted', () => {
  const moved = (...types: string[]) =>
    ({ types, files: [new File(['x'], 'image.png')] }) as unknown as DataTransfer
  expect(pastedFrom(moved('text/plain', 'text/html', 'Files'))).toEqual([])
  expect(pastedFrom(moved('Files'))).toHaveLength(1)
  expect(pastedFrom(moved('text/html', 'Files'))).toHaveLength(1)
  expect(pastedFrom(moved('text/plain'))).toEqual([])
  expect(pastedFrom(null)).toEqual([])
})

test('the viewer has no picture that was deleted, and of blocked people only what was opened', () => {
  const messages = [
    message(1, 'ben', { files: [picture('a', 1, 1)] }),
    message(2, 'dan', { files: [picture('b', 1, 1)] }),
    message(3, 'dan', { files: [picture('c', 1, 1)] }),
    message(4, 'ben', { deleted_at: '2026-01-01T00:00:00.000Z' }),
  ]
  const shown = (first: number) =>
    viewableIn(messages, (username) => username === 'dan', first).map(({ file }) => file.id)
  expect(shown(1)).toEqual(['a'])
  expect(shown(3)).toEqual(['a', 'c'])
})
