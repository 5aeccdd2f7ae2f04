import { previewSizes } from '../../protocol/file-numbers.ts'
import { perServer, type Tools } from '../../scope.ts'
import { depotOf } from './depot.ts'
import { deleteRows, listRemoved } from './store.ts'

const filesAtOnce = 200

/** Everything that the depot may have of a file. */
export const namesOf = (id: string): string[] => [id, ...previewSizes.map((size) => previewName(id, size))]

export const previewName = (id: string, size: number): string => `${id}.${size}`

const sweeps = perServer(() => ({ running: undefined as Promise<void> | undefined, again: false }))

/**
 * Deletes the bytes of removed files, and then their rows. To be called after the commit that has removed them; what it cannot do, the
 * next call does, or the next start.
 */
export function sweepRemoved(tools: Tools): Promise<void> {
  const state = sweeps(tools)
  state.again = true
  state.running ??= (async () => {
    try {
      while (state.again) {
        state.again = false
        await sweep(tools)
      }
    } catch (error) {
      tools.log.warn('the bytes of removed files could not all be deleted; trying again later', { error })
    } finally {
      state.running = undefined
    }
  })()
  return state.running
}

async function sweep(tools: Tools): Promise<void> {
  for (;;) {
    const ids = await listRemoved(tools.sql, filesAtOnce)
    if (ids.length === 0) return
    const depot = await depotOf(tools)
    for (const id of ids) for (const name of namesOf(id)) await depot.remove(name)
    await deleteRows(tools.sql, ids)
  }
}
