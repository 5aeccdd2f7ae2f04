/** The columns that a text takes in a terminal: two for CJK and emoji. */
export const widthOf = (text: string): number => Bun.stringWidth(text)

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** What a person sees as one character. The cursor is never inside of one. */
export const graphemesOf = (text: string): string[] =>
  Array.from(graphemes.segment(text), ({ segment }) => segment)

/**
 * Makes text of people safe to print. Control characters, which a terminal obeys, become visible symbols, and characters
 * that change the direction of writing are removed. Line breaks stay. Everything that is drawn passes through here.
 */
export function plain(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll('\t', '    ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\p{Cc}/gu, (control) => (control === '\n' ? control : pictureOf(control.charCodeAt(0))))
}

/** The same on one line, for names and titles. */
export const plainLine = (text: string): string => plain(text).replaceAll('\n', ' ')

function pictureOf(code: number): string {
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : '\ufffd'
}

/** Cuts a text to `columns`, with an ellipsis if something is missing. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let kept = ''
  let used = 1
  for (const each of graphemesOf(text)) {
    used += widthOf(each)
    if (used > columns) break
    kept += each
  }
  return columns > 0 ? `${kept}…` : ''
}

/** Cuts or pads a text to exactly `columns`. */
export function fill(text: string, columns: number): string {
  const fitting = cut(text, columns)
  return fitting + ' '.repeat(Math.max(0, columns - widthOf(fitting)))
}

/** Rows of at most `columns`, broken at spaces where possible. */
export const wrap = (text: string, columns: number): string[] =>
  text.split('\n').flatMap((line) => wrapLine(line, Math.max(2, columns)))

function wrapLine(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line]
  const rows: string[] = []
  let row = ''
  let used = 0
  let afterSpace = 0
  for (const each of graphemesOf(line)) {
    const width = widthOf(each)
    if (each === ' ' && used + width > columns) {
      // The line break replaces the space.
      rows.push(row)
      row = ''
      used = afterSpace = 0
      continue
    }
    while (row !== '' && used + width > columns) {
      const end = afterSpace || row.length
      rows.push(row.slice(0, end).trimEnd())
      row = row.slice(end)
      used = widthOf(row)
      afterSpace = 0
    }
    row += each
    used += width
    if (each === ' ') afterSpace = row.length
  }
  return [...rows, row]
}
