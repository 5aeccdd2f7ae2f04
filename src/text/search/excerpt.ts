export type Piece = { text: string; marked: boolean }

/** So much is shown before the first mark. */
const before = 60

/**
 * About `most` characters of a text, on one line, around the first of the places that were found; in pieces, so that each client can mark
 * them in its way. Where something is left out, there are three dots.
 */
export function excerptOf(text: string, matches: readonly (readonly number[])[], most = 240): Piece[] {
  const first = matches[0]?.[0] ?? 0
  const start = first > before ? wordBefore(text, first - before) : 0
  const end = text.length - start > most ? Math.max(wordBefore(text, start + most), start + 1) : text.length
  const pieces: Piece[] = []
  const add = (from: number, to: number, marked: boolean): void => {
    const part = text.slice(from, to).replace(/\s+/g, ' ')
    if (part !== '') pieces.push({ text: part, marked })
  }
  if (start > 0) pieces.push({ text: '… ', marked: false })
  let at = start
  for (const [from = 0, to = 0] of matches) {
    if (from >= end || from < at) continue
    add(at, from, false)
    add(from, Math.min(to, end), true)
    at = Math.min(to, end)
  }
  add(at, end, false)
  if (end < text.length) pieces.push({ text: ' …', marked: false })
  return pieces
}

/** The beginning of the word at a place, unless it is far; never the middle of a character. */
function wordBefore(text: string, at: number): number {
  const space = text.lastIndexOf(' ', at)
  if (space > at - 24 && space > 0) return space + 1
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at
}
