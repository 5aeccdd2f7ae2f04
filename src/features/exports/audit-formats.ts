import type { AuditEntry } from '../../protocol/audit.ts'

export type Format = {
  type: string
  /** Before the first entry. */
  head: string
  line(entry: AuditEntry): string
}

/** Spreadsheets run a cell that begins like this as a formula, also when it is quoted: an apostrophe keeps it a text. */
const beginsFormula = /^\s*[=+\-@\t\r\n|%]/

const columns = ['id', 'at', 'actor', 'action', 'subject', 'room', 'detail'] as const

export const formats: Record<'csv' | 'jsonl', Format> = {
  csv: {
    type: 'text/csv; charset=utf-8',
    head: row(columns),
    line: ({ detail, ...entry }) =>
      row([
        ...columns.slice(0, -1).map((column) => String(entry[column as keyof typeof entry] ?? '')),
        detail === undefined ? '' : JSON.stringify(detail),
      ]),
  },
  jsonl: {
    type: 'application/jsonl; charset=utf-8',
    head: '',
    line: (entry) => `${JSON.stringify(entry)}\n`,
  },
}

/** RFC 4180. */
function row(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(text: string): string {
  const safe = beginsFormula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
