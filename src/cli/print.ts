import { cannotWrite } from '../reasons.ts'

/** Writes lines to standard output and waits for it. A reader that has enough (`| head`) closes the pipe: no error. */
export async function print(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  const out = process.stdout
  await new Promise<void>((resolve, reject) => {
    // The callback gets the error too, but without a listener the event would end the process.
    out.once('error', () => {})
    out.write(`${lines.join('\n')}\n`, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE')
        reject(cannotWrite('Standard output', error))
      else resolve()
    })
  })
}

export const printJson = (document: unknown): Promise<void> => print([JSON.stringify(document, null, 2)])

/** Aligns columns that are separated by tabs. Scripts that read a pipe get the tabs. */
export function aligned(lines: readonly string[]): string[] {
  const rows = lines.map((line) => line.split('\t'))
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, text] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, Bun.stringWidth(text))
  }
  const pad = (text: string, column: number, row: string[]) =>
    column === row.length - 1 ? text : text + ' '.repeat(widths[column]! - Bun.stringWidth(text) + 2)
  return rows.map((row) => row.map((text, column) => pad(text, column, row)).join(''))
}
