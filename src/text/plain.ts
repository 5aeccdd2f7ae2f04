/**
 * Makes text of people safe to print. Control characters, which a terminal obeys, become visible symbols, and characters
 * that change the direction of writing are removed. Line breaks stay.
 */
export function plain(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll('\t', '    ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\p{Cc}/gu, (control) => (control === '\n' ? control : pictureOf(control.charCodeAt(0))))
}

/** The same on one line, for names and titles. */
export const plainLine = (text: string): string =>
  plain(text)
    .replaceAll('\n', ' ')
    .replace(/\p{Bidi_Control}/gu, '')

function pictureOf(code: number): string {
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : '\ufffd'
}

/** JSON does not escape these, and some terminals obey them. The document says the same as before. */
export const plainJson = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
