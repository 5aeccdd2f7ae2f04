import type { Tools } from '../../scope.ts'
import type { Sql } from '../../storage/storage.ts'
import { deleteAllUnused, deleteOfDeleted, deleteOfMessages, deleteUnused, lockPreviews } from './store.ts'

/** Takes its previews from a message that is deleted. `onCommit`: what only it has shown goes too. */
export async function removePreviewsOf(
  tools: Tools,
  tx: { sql: Sql; onCommit(run: () => void): void },
  room: number,
  seqs: number[],
): Promise<void> {
  if (!tools.policy.previews) return
  const ids = await deleteOfMessages(tx.sql, room, seqs)
  if (ids.length > 0) tx.onCommit(() => void forgetUnused(tools, ids))
}

/** What this cannot do, the next `forgetAllUnused` does. */
export const forgetUnused = (tools: Tools, ids: readonly string[]): Promise<void> =>
  attempt(tools, (sql) => deleteUnused(sql, ids))

/** A page that had nothing to show is looked at again after so long. */
export const notFoundMs = 3_600_000

/** The same for all: of deleted rooms, and what a process that was killed has left. */
export async function forgetAllUnused(tools: Tools): Promise<void> {
  if (!tools.policy.previews) return
  await attempt(tools, (sql) => deleteAllUnused(sql, notFoundMs))
}

/** Those of messages that were deleted while somebody looked at their links, or by a node of a version without previews. */
export async function forgetDeleted(tools: Tools): Promise<void> {
  await attempt(tools, deleteOfDeleted)
}

async function attempt(tools: Tools, remove: (sql: Sql) => Promise<void>): Promise<void> {
  try {
    await tools.sql.transaction(async (sql) => {
      await lockPreviews(sql)
      await remove(sql)
    })
  } catch (error) {
    tools.log.warn('previews that no message shows could not be deleted; trying again later', { error })
  }
}
