import { ChatError } from '../protocol/errors.ts'

/**
 * A backup is one file, and one moment of a community:
 *
 *     parley-backup 1 ⏎          the format and its version
 *     …                          one zstd stream of lines, described below
 *     ⏎ sha256 <hex> ⏎           over every byte before this part
 *
 * The lines are JSON, in this order:
 *
 *     {"header":{…}}             program version, time, kind of database, schema
 *     {"ring":[{id,check,key?}]} the keys of the message texts, the current one first. `check` opens with the key, so a wrong
 *                                key is found before anything is changed. Only a backup with keys has `key`. The line is
 *                                repeated if the keys change while the backup is written.
 *     ["users",{…}]              a row, with the column names of the database. Rows come after the rows that they refer to.
 *     ["-reactions",{…}]         drop the rows so far that have these values: they changed, and follow again
 *     {"bytes":{name,data,last}} a piece of a sealed file, in base64; those of one file follow each other
 *     {"end":{…}}                the number of rows of each table, and the counters of the database
 *
 * Texts stay sealed as they are in the database. The sessions of people are left out: everyone logs in again after a
 * restore, and a session that ended after the backup does not come back. API tokens and webhooks are included.
 */
export type Header = {
  program: string
  at: string
  database: 'embedded' | 'postgres'
  /** The newest migration of the database, by its timestamp and its name. */
  schema: { when: number; tag: string }
}

export type RingKey = { id: string; check: string; key?: string }
/** A piece of a sealed file. */
export type FileBytes = { name: string; data: string; last: boolean }
export type End = { rows: Record<string, number>; counters: Record<string, number> }

export type Line =
  | { header: Header }
  | { ring: RingKey[] }
  | { end: End }
  | { bytes: FileBytes }
  | { table: string; row: string }
  | { forget: string; row: string }

export const magic = 'parley-backup 1\n'

/** A row stays the text that the database made of it: no value is lost in parsing, and parsing costs nothing. */
export const rowLine = (table: string, row: string): string => `["${table}",${row}]\n`
export const forgetLine = (table: string, values: object): string =>
  `["-${table}",${JSON.stringify(values)}]\n`
export const factLine = (fact: { header: Header } | { ring: RingKey[] } | { end: End }): string =>
  `${JSON.stringify(fact)}\n`

export const bytesLine = (bytes: FileBytes): string => `${JSON.stringify({ bytes })}\n`

export function readLine(line: string): Line {
  const row = /^\["(-?)([a-z_]+)",(\{.*\})\]$/s.exec(line)
  if (row) return row[1] ? { forget: row[2]!, row: row[3]! } : { table: row[2]!, row: row[3]! }
  const fact = parsed(line)
  if (typeof fact !== 'object' || fact === null || Array.isArray(fact)) throw damaged()
  return fact as Line
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw damaged()
  }
}

export const damaged = (): ChatError => new ChatError('backup_damaged')
