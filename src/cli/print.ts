import { cannotWrite } from '../reasons.ts'

/** Lines on standard output, written before the process may end. Whoever has read enough (`| head`) closes the pipe. */
export async function print(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  const out = process.stdout
  await new Promise<void>((resolve, reject) => {
    // The callback hears of the error too; nobody listening here would be a fault that ends the process.
    out.once('error', () => {})
    out.write(`${lines.join('\n')}\n`, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE')
        reject(cannotWrite('Standard output', error))
      else resolve()
    })
  })
}

export const printJson = (document: unknown): Promise<void> => print([JSON.stringify(document, null, 2)])

/** What tabs separate, one below the other; scripts that read a pipe get the tabs. */
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
