/** The columns that a text takes in a terminal: two for CJK and emoji. */
export const widthOf = (text: string): number => Bun.stringWidth(text)

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** What a person sees as one character. The cursor is never inside of one. */
export const graphemesOf = (text: string): string[] =>
  Array.from(graphemes.segment(text), ({ segment }) => segment)

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
