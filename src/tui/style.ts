/** How things look. Only colours of the terminal's own palette, and none for text: it reads on light and on dark. */
export type Style = {
  bold(text: string): string
  dim(text: string): string
  /** The colours swapped: a bar, or what is chosen. */
  bar(text: string): string
  alarm(text: string): string
  /** Everybody has a colour of their own, the same each time. */
  person(username: string, text: string): string
}

const hues = [31, 32, 34, 35, 36]

/** Without colour (NO_COLOR) what matters is still told apart: bold, dim and swapped are not colours. */
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
