const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The beginning of a text: at most `most` UTF-16 code units, and never a part of what a reader sees as one character. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text
  let end = 0
  // A character and its marks can be longer than the whole beginning; it may not cost more than that to find out.
  const near = text.slice(0, most + 64)
  for (const { index, segment } of graphemes.segment(near)) {
    if (index + segment.length > most) break
    end = index + segment.length
  }
  return end > 0 ? text.slice(0, end) : text.slice(0, most).replace(/[\ud800-\udbff]$/, '')
}
