import { is } from 'drizzle-orm'
import { getTableConfig, PgCustomColumn } from 'drizzle-orm/pg-core'
import { ownership } from '../storage/tables/ownership.ts'
import { shownName } from '../text/names.ts'
import type { Rewrite } from './load.ts'

type Shown = (text: string) => string
type Rules = { ids: Record<string, RegExp>; texts: Record<string, Shown> }

/** Texts by which a row is known. */
const ids: Record<string, Record<string, RegExp>> = {
  users: { username: /^(?:[a-z0-9][a-z0-9_.-]{0,63}|erased:[0-9a-f]{64})$/ },
  rooms: { id: /^[a-z0-9_-]{1,64}$/ },
}

/** Texts that the schema reads as they are, because every request checks them. The person who makes a file can write anything into it. */
const unchecked: Record<string, Record<string, Shown>> = { users: { time_zone: shownName } }

/** What reads a text column of the schema, if it is a `name` or a `prose` (`storage/tables/columns.ts`). */
const readers = (columns: object[]): Record<string, Shown> =>
  Object.fromEntries(
    columns
      .filter((column) => is(column, PgCustomColumn))
      .map((column) => [column.name, (text) => column.mapFromDriverValue(text) as string]),
  )

/**
 * Loads names and texts without control characters and what else they cannot have. A username or an id that Parley cannot have
 * written is refused: the log refers to it.
 */
export const nameRewrites: Record<string, Rewrite> = Object.fromEntries(
  ownership.flatMap(({ table }) => {
    const { name, columns } = getTableConfig(table)
    const rules = { ids: ids[name] ?? {}, texts: { ...readers(columns), ...unchecked[name] } }
    const isEmpty = Object.keys({ ...rules.ids, ...rules.texts }).length === 0
    return isEmpty ? [] : [[name, (row: string) => withNames(name, rules, row)]]
  }),
)

function withNames(table: string, { ids, texts }: Rules, row: string): string {
  const values = JSON.parse(row) as Record<string, unknown>
  for (const [column, pattern] of Object.entries(ids)) {
    if (!pattern.test(String(values[column]))) throw new RangeError(`${table}.${column}`)
  }
  let changed = false
  for (const [column, shown] of Object.entries(texts)) {
    const text = values[column]
    if (typeof text !== 'string' || shown(text) === text) continue
    // No database has ever stored it.
    if (text.includes('\0')) throw new RangeError(`${table}.${column}`)
    values[column] = shown(text)
    changed = true
  }
  return changed ? JSON.stringify(values) : row
}
