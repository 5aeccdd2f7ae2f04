import { createStyle } from '../tui/style.ts'

type Style = Record<'bold' | 'dim' | 'alarm', (text: string) => string>

const plain: Style = { bold: (text) => text, dim: (text) => text, alarm: (text) => text }

/** Styles for a terminal; plain text in a file, in a pipe and with NO_COLOR. */
export function styleFor(out: NodeJS.WriteStream): Style {
  return out.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb' ? createStyle(true) : plain
}

/** The width of lines for people: at most that of the terminal, and never too wide to read easily. */
export const widthOf = (out: NodeJS.WriteStream): number => Math.max(40, Math.min(out.columns || 80, 100))

/** Breaks between words; the lines after the first are indented. */
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
