import { shownName, shownProse } from '../text/names.ts'
import type { Rewrite } from './load.ts'

type Column = string
type Rules = { ids?: Record<Column, RegExp>; names?: Column[]; prose?: Column[] }

/** Texts by which a row is known, and texts of people. The person who makes a file can write anything into it. */
const rules: Record<string, Rules> = {
  users: {
    ids: { username: /^(?:[a-z0-9][a-z0-9_.-]{0,63}|erased:[0-9a-f]{64})$/ },
    names: ['display_name', 'title', 'pronouns', 'time_zone'],
  },
  rooms: { ids: { id: /^[a-z0-9_-]{1,64}$/ }, names: ['title'], prose: ['description'] },
  tokens: { names: ['name'] },
}

/**
 * Loads names without control characters and what else they cannot have. A username or an id that Parley cannot have written is refused:
 * the log refers to it.
 */
export const nameRewrites: Record<string, Rewrite> = Object.fromEntries(
  Object.entries(rules).map(([table, each]) => [table, (row) => withNames(table, each, row)]),
)

function withNames(table: string, { ids = {}, names = [], prose = [] }: Rules, row: string): string {
  const values = JSON.parse(row) as Record<string, unknown>
  for (const [column, pattern] of Object.entries(ids)) {
    if (!pattern.test(String(values[column]))) throw new RangeError(`${table}.${column}`)
  }
  let changed = false
  const show = (columns: Column[], shown: (text: string) => string) => {
    for (const column of columns) {
      const text = values[column]
      if (typeof text !== 'string' || shown(text) === text) continue
      // No database has ever stored it.
      if (text.includes('\0')) throw new RangeError(`${table}.${column}`)
      values[column] = shown(text)
      changed = true
    }
  }
  show(names, shownName)
  show(prose, shownProse)
  return changed ? JSON.stringify(values) : row
}
