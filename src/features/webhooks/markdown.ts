import { isBlank } from '../../text/blank.ts'
import { noAddress } from '../../text/markdown/addresses.ts'

/** Lines of one thing. A quote and a list end with an empty line: otherwise the next line would belong to them. */
export function inLines(parts: string[]): string {
  return parts
    .filter((part) => !isBlank(part))
    .reduce(
      (above, part) => (above === '' ? part : above + (isOpenEnded(above, part) ? '\n\n' : '\n') + part),
      '',
    )
}

export const inParagraphs = (parts: string[]): string => parts.filter((part) => !isBlank(part)).join('\n\n')

export const inLine = (parts: string[], between = ' · '): string =>
  parts.filter((part) => !isBlank(part)).join(between)

const listed = /^ *(?:>|[-*+] |\d{1,9}[.)] )/

function isOpenEnded(above: string, below: string): boolean {
  const last = above.slice(above.lastIndexOf('\n') + 1)
  return listed.test(last) !== listed.test(below) && (listed.test(last) || /^ *\d/.test(below))
}

/**
 * Shows a text as it is. Only what Markdown would read as a mark is escaped: addresses and snake_case stay. The pattern looks back
 * over spaces only where a mark is, so that the time grows with the length alone.
 */
export const plainText = (text: string): string => text.replace(marks, escaped)

const marks = new RegExp(
  [
    `https?://[^${noAddress}]+`,
    // An address in angle brackets, a rule, the second line of a table.
    '<(?=[a-z][a-z0-9+.-]{1,31}:|[^\\s<>@]{1,64}@)|(?<=^[ \\t]*)[|:\\-](?=[|:\\- \\t]*$)',
    '(?=[#>+\\-\\d])(?<=^[ \\t]*)(?:#{1,6}(?=\\s)|>|[+\\-](?=\\s)|\\d{1,9}[.)](?=\\s))',
    '\\\\(?=[!-/:-@[-`{-~])|[*_~`]|\\](?=\\()',
  ].join('|'),
  'gimu',
)

function escaped(mark: string, at: number, text: string): string {
  const [before = ' ', after = ' '] = [text[at - 1], text[at + mark.length]]
  if (/^h/i.test(mark)) return mark
  if (mark === '_' && isWord(before) && isWord(after)) return mark
  if (mark === '~' && before !== '~' && after !== '~') return mark
  if (mark === '*' && before === ' ' && after === ' ' && !/^\s*$/.test(text.slice(Math.max(0, at - 4), at)))
    return mark
  return /^\d/.test(mark) ? `${mark.slice(0, -1)}\\${mark.at(-1)}` : `\\${mark}`
}

const isWord = (letter: string): boolean => /[\p{L}\p{N}]/u.test(letter)

/** Not by a pattern: one for the spaces around a line break would take quadratic time for a text of nothing but spaces. */
const onOneLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')

export function strong(text: string): string {
  const line = onOneLine(text)
  return isBlank(line) ? '' : `**${line}**`
}

/** A link. Without a label, the address; without an address that a browser may open, the label alone. */
export function link(address: unknown, label = ''): string {
  if (typeof address !== 'string' || !/^(?:https?:\/\/|mailto:)[^\s]/i.test(address)) return plainText(label)
  const href = address.trim().replace(/[\s()<>\\]/g, (sign) => percent[sign] ?? encodeURIComponent(sign))
  const text = onOneLine(label)
  const bare = address.trim().replace(/^mailto:/i, '')
  if (isBlank(text) || text === address || text === bare) return /[\s<>\\]/.test(bare) ? href : bare
  return `[${inBrackets(plainText(text))}](${href})`
}

/** A bracket that is escaped already stays so. */
const inBrackets = (text: string): string =>
  text.replace(/\\[\s\S]|[[\]]/g, (sign) => (sign.length > 1 ? sign : `\\${sign}`))

// `encodeURIComponent` leaves brackets as they are.
const percent: Record<string, string> = { '(': '%28', ')': '%29' }

export const quote = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')

export function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1)
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${fence}${space}${text}${space}${fence}`
}

export function codeBlock(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${text.replace(/^\n|\n$/g, '')}\n${fence}`
}

const longestRun = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0)

/** Seconds since 1970 (also as text, as Slack's `ts` is), or a time in ISO 8601. Empty if it is neither. */
export function timeText(value: unknown): string {
  const isSeconds =
    typeof value === 'number' || (typeof value === 'string' && /^\d{1,15}(\.\d+)?$/.test(value))
  if (!isSeconds && !(typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))) return ''
  const time = new Date(isSeconds ? Number(value) * 1000 : String(value))
  // 0001-01-01 is how programs in Go write that there is no time.
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() < 1970 || time.getUTCFullYear() > 9999) return ''
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
