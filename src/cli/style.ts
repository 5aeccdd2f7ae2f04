import { createStyle } from '../tui/style.ts'

type Style = Record<'bold' | 'dim' | 'alarm', (text: string) => string>

const plain: Style = { bold: (text) => text, dim: (text) => text, alarm: (text) => text }

/** How things look on a terminal; as plain text in a file, in a pipe and with NO_COLOR. */
export function styleFor(out: NodeJS.WriteStream): Style {
  return out.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb' ? createStyle(true) : plain
}

/** Lines for people: not wider than their terminal, and not so wide that they are hard to read. */
export const widthOf = (out: NodeJS.WriteStream): number => Math.max(40, Math.min(out.columns || 80, 100))

/** Breaks between words; what follows the first line is indented. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line === '') line = word
    else if (line.length + 1 + word.length <= width) line += ` ${word}`
    else {
      lines.push(line)
      line = indent + word
    }
  }
  return [...lines, line]
}
