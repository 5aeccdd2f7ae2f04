import { escaped, foot, head, name } from './html.ts'
import type { Times } from './times.ts'

/** One line of the list of conversations. */
export type Entry = { href: string; title: string; what: string; messages: number }

export type Row = readonly (string | number)[]

/** A table of texts of people; absent if there is nothing in it. */
export function table(title: string, headings: readonly string[], rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const cells = (row: Row): string =>
    row.map((cell) => `<td${typeof cell === 'number' ? ' class="number"' : ''}>${cellOf(cell)}</td>`).join('')
  const names = headings.map((each) => `<th>${escaped(each)}</th>`).join('')
  const top = headings.length === 0 ? '' : `<thead><tr>${names}</tr></thead>`
  return `<h2>${escaped(title)}</h2>
<table>${top}
<tbody>
${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}
</tbody></table>
`
}

const cellOf = (cell: string | number): string =>
  typeof cell === 'number' ? cell.toLocaleString('en') : name(cell)

export function conversations(entries: readonly Entry[]): string {
  if (entries.length === 0) return '<p class="soft">There are no conversations.</p>\n'
  const rows = entries.map(
    ({ href, title, what, messages }) =>
      `<tr><td><a href="${href}">${name(title)}</a></td><td>${escaped(what)}</td><td class="number">${messages.toLocaleString('en')}</td></tr>`,
  )
  return `<h2>Conversations</h2>
<table><thead><tr><th>Room</th><th>What</th><th class="number">Messages</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>
`
}

/** `notes` say what is in the export and what is not. */
export type Contents = {
  title: string
  by: string
  at: Date
  times: Times
  notes: readonly string[]
  parts: readonly string[]
}

export async function* contentsFile({
  title,
  by,
  at,
  times,
  notes,
  parts,
}: Contents): AsyncGenerator<string> {
  const iso = at.toISOString()
  yield `${head(title)}<h1 dir="auto">${escaped(title)}</h1>
<p class="soft">Exported by @${escaped(by)} on <time datetime="${iso}">${escaped(times.both(iso))}</time>. Times are in ${escaped(times.zone)}.</p>
${notes.map((note) => `<p>${escaped(note)}</p>\n`).join('')}`
  for (const part of parts) yield part
  yield foot
}
