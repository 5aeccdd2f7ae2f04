import type { File } from '../../protocol/files.ts'
import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { openFacts, presentFile } from './sealed.ts'
import { findFiles } from './store.ts'

/** The files with these ids, by id; those that were removed since are not in it. */
export async function filesById(
  tools: Tools,
  ids: string[],
  sql: Sql = tools.sql,
): Promise<Map<string, File>> {
  const found = new Map<string, File>()
  if (ids.length === 0) return found
  for (const row of await findFiles(sql, ids)) {
    const facts = openFacts(tools, row)
    if (facts) found.set(row.id, presentFile(row.id, facts))
  }
  return found
}

/** Those of a message, in their order. */
export const filesIn = (ids: readonly string[], found: ReadonlyMap<string, File>): File[] =>
  ids.flatMap((id) => found.get(id) ?? [])
