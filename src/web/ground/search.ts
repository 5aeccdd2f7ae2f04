/** For comparing texts in a search: without accents and capitals. */
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** Whether the texts contain each word of the query, in any case and with any accents. */
export function isFound(query: string, ...texts: string[]): boolean {
  const whole = fold(texts.join('\n'))
  return fold(query)
    .split(/\s+/)
    .every((word) => whole.includes(word))
}
