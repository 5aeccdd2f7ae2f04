import { cannotWrite } from '../reasons.ts'
import { plainJson, plainLine } from '../text/plain.ts'

/*
 * Everything that a subcommand prints goes through here: a line may hold a text of people, which must not give orders to a terminal
 * or begin a line of its own.
 */

/** Prints lines, each on one line. Columns are separated by tabs (a name has none): on a terminal they are aligned. */
export function print(lines: readonly string[]): Promise<void> {
  const rows = lines.map((line) => line.split('\t').map(plainLine))
  return write(process.stdout.isTTY ? aligned(rows) : rows.map((row) => row.join('\t')))
}

/** Prints a text of this program, with its styles. What others wrote goes through `plainLine` first. */
export const printOwn = (lines: readonly string[]): Promise<void> => write(lines)

export const jsonText = (document: unknown, indent?: number): string =>
  plainJson(JSON.stringify(document, null, indent))

export const printJson = (document: unknown): Promise<void> => write([jsonText(document, 2)])

/** Prints a line on standard error, where it does not mix with the output; `before` is a word of this program, with its style. */
export function tell(line: string, before = ''): void {
  process.stderr.write(`${before}${plainLine(line)}\n`)
}

/** Waits for standard output. A reader that has enough (`| head`) closes the pipe: no error. */
async function write(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  const out = process.stdout
  await new Promise<void>((resolve, reject) => {
    // The callback gets the error too, but without a listener the event would end the process. One is enough.
    if (out.listenerCount('error') === 0) out.once('error', () => {})
    out.write(`${lines.join('\n')}\n`, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE')
        reject(cannotWrite('Standard output', error))
      else resolve()
    })
  })
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, text] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, Bun.stringWidth(text))
  }
  const pad = (text: string, column: number, row: readonly string[]) =>
    column === row.length - 1 ? text : text + ' '.repeat(widths[column]! - Bun.stringWidth(text) + 2)
  return rows.map((row) => row.map((text, column) => pad(text, column, row)).join(''))
}
