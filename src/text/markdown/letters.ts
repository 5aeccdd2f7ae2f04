/** Scripts without spaces between words: what stands next to one of their letters is not inside of a word. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u
const word = /[\p{L}\p{N}\p{M}_]/u

/** Whether a letter continues a word: of any script that separates words by spaces. */
export function isWord(letter: string): boolean {
  if (letter <= '\u007f') return /[A-Za-z0-9_]/.test(letter)
  return word.test(letter) && !unspaced.test(letter)
}

/** The code point before an index; empty at the beginning. */
export function letterBefore(text: string, at: number): string {
  const code = text.charCodeAt(at - 1)
  return code >= 0xdc00 && code <= 0xdfff ? text.slice(Math.max(0, at - 2), at) : at > 0 ? text[at - 1]! : ''
}

export const letterAt = (text: string, at: number): string => {
  const code = text.codePointAt(at)
  return code === undefined ? '' : String.fromCodePoint(code)
}
