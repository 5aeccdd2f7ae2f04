import { decoders } from './codecs.ts'
import { DatabaseUnavailable, StatementError } from './errors.ts'
import { letters, readMessages, readText } from './wire.ts'

type Parsers = Record<number, (text: string) => unknown>
type Column = { name: string; decode: (text: string) => unknown }

export type ResultOptions = { rowMode?: 'array' | 'object'; parsers?: Parsers }
export type Result<Row> = { rows: Row[]; command: string; affectedRows: number }

const asIs = (text: string): unknown => text

/** The rows that the database sent for one statement; throws its error. */
export function readResult<Row>(bytes: Buffer, { rowMode, parsers }: ResultOptions = {}): Result<Row> {
  const result: Result<Row> = { rows: [], command: '', affectedRows: 0 }
  let columns: Column[] = []
  let failure: StatementError | undefined
  let isComplete = false
  const readRow = rowMode === 'array' ? rowAsArray : rowAsObject
  readMessages(bytes, (letter, from, to) => {
    if (letter === letters.row) result.rows.push(readRow(bytes, from, columns) as Row)
    else if (letter === letters.shape) columns = readColumns(bytes, from, parsers)
    else if (letter === letters.error) failure ??= readError(bytes, from, to)
    else if (letter === letters.empty) isComplete = true
    else if (letter === letters.command) {
      isComplete = true
      const words = readText(bytes, from)[0].split(' ')
      result.command = words[0]!
      if (result.command !== 'SELECT') result.affectedRows = Number(words.at(-1)) || 0
    }
  })
  if (failure) throw failure
  if (!isComplete) throw new DatabaseUnavailable('The embedded database did not finish a statement.')
  return result
}

function readColumns(bytes: Buffer, from: number, parsers: Parsers | undefined): Column[] {
  const columns: Column[] = []
  let at = from + 2
  for (let left = bytes.readInt16BE(from); left > 0; left--) {
    const [name, next] = readText(bytes, at)
    const oid = bytes.readInt32BE(next + 6)
    columns.push({ name, decode: parsers?.[oid] ?? decoders[oid] ?? asIs })
    at = next + 18
  }
  return columns
}

function rowAsObject(bytes: Buffer, from: number, columns: Column[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  let at = from + 2
  for (const { name, decode } of columns) {
    const length = bytes.readInt32BE(at)
    at += 4
    row[name] = length < 0 ? null : decode(bytes.toString('utf8', at, at + length))
    if (length > 0) at += length
  }
  return row
}

function rowAsArray(bytes: Buffer, from: number, columns: Column[]): unknown[] {
  const row: unknown[] = []
  let at = from + 2
  for (const { decode } of columns) {
    const length = bytes.readInt32BE(at)
    at += 4
    row.push(length < 0 ? null : decode(bytes.toString('utf8', at, at + length)))
    if (length > 0) at += length
  }
  return row
}

/** The letters of the parts of an error, as Postgres' protocol has them. */
const parts = {
  C: 'code',
  D: 'detail',
  H: 'hint',
  P: 'position',
  S: 'severity',
  W: 'where',
  c: 'column',
  d: 'dataType',
  n: 'constraint',
  s: 'schema',
  t: 'table',
} as const

function readError(bytes: Buffer, from: number, to: number): StatementError {
  let message = ''
  const found: Record<string, string> = {}
  for (let at = from; at < to && bytes[at] !== 0; ) {
    const letter = String.fromCharCode(bytes[at]!)
    const [text, next] = readText(bytes, at + 1)
    if (letter === 'M') message = text
    else if (letter in parts) found[parts[letter as keyof typeof parts]] = text
    at = next
  }
  return new StatementError(message, found)
}
