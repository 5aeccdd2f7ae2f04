/** Only colours of the terminal's palette, and none for text, so that it is readable on light and on dark. */
export type Style = {
  bold(text: string): string
  dim(text: string): string
  /** Swapped colours: a bar, or the selected room. */
  bar(text: string): string
  alarm(text: string): string
  /** A person's colour is always the same. */
  person(username: string, text: string): string
}

const hues = [31, 32, 34, 35, 36]

/** With NO_COLOR bold, dim and swapped remain, because they are not colours. */
export function createStyle(colour: boolean): Style {
  const paint = (code: number, text: string) => (text === '' ? '' : `\x1b[${code}m${text}\x1b[0m`)
  const hue = (code: number, text: string) => (colour ? paint(code, text) : text)
  return {
    bold: (text) => paint(1, text),
    dim: (text) => paint(2, text),
    bar: (text) => paint(7, text),
    alarm: (text) => hue(31, text),
    person: (username, text) => hue(hues[Number(Bun.hash.crc32(username)) % hues.length]!, text),
  }
}
