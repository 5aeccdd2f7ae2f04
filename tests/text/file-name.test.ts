import { expect, test } from 'bun:test'
import { tidyFileName } from '../../src/text/file-name.ts'

const names: [what: string, written: string, tidy: string][] = [
  ['an ordinary name', 'Häfen 2026.tar.gz', 'Häfen 2026.tar.gz'],
  ['a name in another script', '写真 １.png', '写真 １.png'],
  ['nothing', '', 'file'],
  ['only spaces', '   ', 'file'],
  ['only dots', '...', 'file'],
  ['a path', '../../etc/passwd', 'passwd'],
  ['a path of Windows', 'C:\\Users\\ben\\notes.txt', 'notes.txt'],
  ['a directory', 'photos/', 'file'],
  ['a directory above', 'photos/..', 'file'],
  ['NUL', 'notes.txt\0.exe', 'notes.txt.exe'],
  ['only NUL', '\0\0', 'file'],
  ['lines', 'a\r\nSet-Cookie: b.txt', 'aSet-Cookie_ b.txt'],
  ['a mark that turns the direction', 'photo\u202egnp.exe', 'photognp.exe'],
  ['isolates', '\u2066a\u2069.txt', 'a.txt'],
  ['invisible letters', 'a\u200bb\u2060.txt', 'ab.txt'],
  ['half of a surrogate pair', 'a\ud83d.txt', 'a\ufffd.txt'],
  ['what Windows refuses', 'a<b>c:"d"|e?*.txt', 'a_b_c__d__e__.txt'],
  ['dots and spaces at the end', 'notes.txt. . ', 'notes.txt'],
  ['a device', 'CON', '_CON'],
  ['a device with an extension', 'nul.tar.gz', '_nul.tar.gz'],
  ['a device with a raised number', 'com¹.txt', '_com¹.txt'],
  ['a device behind a path', 'x/aux .txt', '_aux .txt'],
  ['a device behind what is invisible', '\u200bprn', '_prn'],
  ['what only begins like a device', 'console.log', 'console.log'],
  ['4,096 characters', `${'a'.repeat(4092)}.txt`, `${'a'.repeat(196)}.txt`],
  ['4,096 characters of three bytes', `${'波'.repeat(4092)}.txt`, ''],
  ['a long extension', `a.${'b'.repeat(300)}`, ''],
]

test.each(names)('%s becomes a name that every system takes', (what, written, tidy) => {
  const found = tidyFileName(written)
  if (tidy !== '') expect(found).toBe(tidy)
  if (what.startsWith('4,096')) expect(found).toEndWith('.txt')
  expect(Buffer.byteLength(found)).toBeWithin(1, 256)
  expect(found).not.toMatch(/[\p{Cc}\p{Bidi_C}\u200b<>:"/\\|?*]|[. ]$/u)
  expect(tidyFileName(found)).toBe(found)
})
