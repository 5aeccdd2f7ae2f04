/** A line that is read from left to right. A tab reaches to the next column that is a multiple of four. */
export type Line = ReturnType<typeof readLine>

const isGap = (letter: string | undefined) => letter === ' ' || letter === '\t'

export function readLine(text: string) {
  let at = 0
  let column = 0
  /** Columns that are left of a tab of which a container has taken some. */
  let ofTab = 0

  /** Where the text begins behind the gap, and how wide the gap is. */
  const look = () => {
    let next = at
    let wide = column
    for (; isGap(text[next]); next++) wide += text[next] === '\t' ? 4 - (wide % 4) : 1
    return { next, indent: wide - column, isBlank: next >= text.length }
  }
  /** Takes columns of the gap. */
  const take = (columns: number) => {
    for (let left = columns; left > 0 && isGap(text[at]); ) {
      const wide = text[at] === '\t' ? 4 - (column % 4) : 1
      const taken = Math.min(left, wide)
      ofTab = wide - taken
      column += taken
      left -= taken
      if (ofTab === 0) at++
    }
  }

  return {
    look,
    take,
    /** The text behind the gap. */
    rest: () => text.slice(look().next),
    /** The gap as far as it is not taken, and the text. */
    all: () => (ofTab > 0 ? ' '.repeat(ofTab) + text.slice(at + 1) : text.slice(at)),
    takeGap: () => take(look().indent),
    /** Takes a sign that is no gap. */
    skip(letters: number) {
      at += letters
      column += letters
      ofTab = 0
    },
  }
}
