/** So much of the beginning says which charset a page has (HTML 13.2.3.2 looks at 1,024 bytes, browsers at more). */
const lookedAt = 4096

/** The text of a page: in the charset of its byte order mark, its header or its own `<meta>`, else UTF-8. Wrong bytes become `U+FFFD`. */
export function textOfPage(bytes: Uint8Array, contentType: string): string {
  return new TextDecoder(charsetOf(bytes, contentType)).decode(bytes)
}

function charsetOf(bytes: Uint8Array, contentType: string): string {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const head = Buffer.from(bytes.subarray(0, lookedAt)).toString('latin1')
  const [, inMeta] = /<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head) ?? []
  const [, inHeader] = /;\s*charset\s*=\s*"?\s*([\w.:-]{1,40})/i.exec(contentType) ?? []
  for (const label of [inHeader, inMeta]) {
    // Who can read "<meta" as ASCII does not have a page in UTF-16.
    if (label === undefined || (label === inMeta && /^utf-?16/i.test(label))) continue
    try {
      return new TextDecoder(label).encoding
    } catch {
      // Nobody knows it.
    }
  }
  return 'utf-8'
}
