import { leads, type Tools } from '../../scope.ts'
import { depotOf } from '../attachments/depot.ts'
import { sweepRemoved } from '../attachments/removed.ts'
import { removeLoose } from '../attachments/store.ts'

const hourMs = 3_600_000
/** When the slowest upload that is let run, of the largest file, has ended long before. */
const longestUploadMs = ({ policy: { files, limits } }: Tools): number =>
  2 * hourMs + files.slowestMs + (limits.file_bytes / files.leastPerSecond) * 1000

/**
 * Now and every few minutes: removes what nobody has sent within an hour, and deletes the bytes of what was removed, also what a process that
 * was killed has left. Returns how to stop it.
 */
export function startFileSweep(tools: Tools): () => void {
  let stopped = false
  const run = async (): Promise<void> => {
    if (stopped) return
    try {
      if (leads(tools)) await removeUnsent(tools)
      await sweepRemoved(tools)
      await (await depotOf(tools)).tidy(new Date(tools.clock().getTime() - longestUploadMs(tools)))
    } catch (error) {
      if (!stopped)
        tools.log.warn('files that nobody has sent could not be removed; trying again later', { error })
    }
  }
  const timer = setInterval(() => void run(), hourMs / 12)
  timer.unref?.()
  void run()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}

export async function removeUnsent(tools: Tools): Promise<void> {
  const now = tools.clock().getTime()
  const removed = await removeLoose(tools.sql, new Date(now - hourMs), new Date(now - longestUploadMs(tools)))
  if (removed > 0) tools.log.info('files that nobody has sent were removed', { files: removed })
}
