export type Align = 'left' | 'center' | 'right' | undefined

const delimiters = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

/** How the columns are aligned, if these two lines are the beginning of a table: GFM 4.10. */
export function tableOf(head: string, below: string): { aligns: Align[]; head: string[] } | undefined {
  if (!below.includes('|') || !delimiters.test(below)) return undefined
  const aligns = cellsOf(below).map(alignOf)
  const cells = cellsOf(head)
  return cells.length === aligns.length ? { aligns, head: cells } : undefined
}

function alignOf(cell: string): Align {
  const [left, right] = [cell.startsWith(':'), cell.endsWith(':')]
  if (left) return right ? 'center' : 'left'
  return right ? 'right' : undefined
}

/** The cells of a row. A `|` with a backslash belongs to its cell, even in code. */
export function cellsOf(row: string): string[] {
  const text = row.trim()
  const cells: string[] = []
  let cell = ''
  for (let at = text.startsWith('|') ? 1 : 0; at < text.length; at++) {
    const letter = text[at]!
    if (letter === '|') {
      cells.push(cell.trim())
      cell = ''
    } else if (letter === '\\' && text[at + 1] === '|') {
      cell += '|'
      at++
    } else cell += letter
  }
  if (cell.trim() !== '' || !text.endsWith('|') || text === '|') cells.push(cell.trim())
  return cells
}
