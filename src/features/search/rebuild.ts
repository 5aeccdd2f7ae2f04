import type { Tools } from '../../scope.ts'
import { fillSome } from './fill.ts'
import { searchKeys } from './keys.ts'
import { countFilling, createPositions, refill, removeOrphans } from './store.ts'

/** Another node may be at the same entries. */
const pauseMs = 50

type Watch = { signal: AbortSignal; report(done: number, total: number): void }

/** Fills in everything again that another key than the current one has hashed; `all`: everything. It may be stopped at any moment. */
export async function rebuildSearch(
  tools: Tools,
  { all }: { all: boolean },
  { signal, report }: Watch,
): Promise<number> {
  const { sql } = tools
  const { currentId, ids } = searchKeys(tools)
  if (all) await createPositions(sql, currentId)
  await refill(sql, currentId, ids, all)
  const total = await countFilling(sql)
  let left = total
  report(0, total)
  while (left > 0) {
    signal.throwIfAborted()
    const began = performance.now()
    const filled = await fillSome(tools)
    left = filled === undefined ? 0 : filled > 0 ? left - filled : await countFilling(sql)
    report(total - Math.max(0, left), total)
    await Bun.sleep(filled === 0 ? pauseMs : performance.now() - began)
  }
  if (all) await sql.withoutTimeLimits((session) => removeOrphans(session))
  return total
}
