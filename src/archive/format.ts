import { ChatError } from '../protocol/errors.ts'

/**
 * A backup is one file, and one moment of a community:
 *
 *     parley-backup 1 ⏎          what it is, and which version of this description it follows
 *     …                          one zstd stream of lines, described below
 *     ⏎ sha256 <hex> ⏎           over every byte before this last part
 *
 * The lines are JSON, in this order:
 *
 *     {"header":{…}}             who made it, when, from which database, under which schema
 *     {"ring":[{id,check,key?}]} the keys of the message texts, the current one first. `check` opens with the key, so that
 *                                a wrong one is known before anything is touched; `key` is there in a backup with keys.
 *                                Comes again when keys are changed while the backup is made.
 *     ["users",{…}]              a row, its columns under their names in the database. What a row refers to comes before it.
 *     ["-reactions",{…}]         forget the rows so far that have these values: they have changed since, and come again
 *     {"end":{…}}                how many rows there were of each table, and where the counters of the database stand
 *
 * Texts stay sealed as they are in the database. The sessions of people are left out: after a restore everybody logs in
 * anew, and none that was ended since the backup lives again. API tokens and webhooks are inside.
 */
export type Header = {
  program: string
  at: string
  database: 'embedded' | 'postgres'
  /** The newest migration of the database, by its timestamp and its name. */
  schema: { when: number; tag: string }
}

export type RingKey = { id: string; check: string; key?: string }
export type End = { rows: Record<string, number>; counters: Record<string, number> }

export type Line =
  | { header: Header }
  | { ring: RingKey[] }
  | { end: End }
  | { table: string; row: string }
  | { forget: string; row: string }

export const magic = 'parley-backup 1\n'

/** A row is kept as the text that the database made of it: nothing is lost on the way, and nothing is parsed in vain. */
export const rowLine = (table: string, row: string): string => `["${table}",${row}]\n`
export const forgetLine = (table: string, values: object): string =>
  `["-${table}",${JSON.stringify(values)}]\n`
export const factLine = (fact: { header: Header } | { ring: RingKey[] } | { end: End }): string =>
  `${JSON.stringify(fact)}\n`

export function readLine(line: string): Line {
  const row = /^\["(-?)([a-z_]+)",(\{.*\})\]$/s.exec(line)
  if (row) return row[1] ? { forget: row[2]!, row: row[3]! } : { table: row[2]!, row: row[3]! }
  try {
    return JSON.parse(line) as Line
  } catch {
    throw damaged()
  }
}

export const damaged = (): ChatError => new ChatError('backup_damaged')
