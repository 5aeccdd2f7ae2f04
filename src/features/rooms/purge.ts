import { leads, type Tools } from '../../scope.ts'
import { removeOwned } from '../../storage/remove-owned.ts'
import { sweepRemoved } from '../attachments/removed.ts'
import { forgetAllUnused } from '../links/removed.ts'
import { refreshPerson } from '../users/roles.ts'
import { listHookBots, listUnpurged } from './store.ts'

const rowsAtOnce = 2000

/** Removes the rows of a deleted room, a few at a time, so that other queries do not wait long. */
export async function purgeRoom(tools: Tools, key: number): Promise<void> {
  try {
    while ((await removeOwned(tools.sql, 'room', key, rowsAtOnce)) > 0) await Bun.sleep(10)
    void sweepRemoved(tools)
    await forgetAllUnused(tools)
    for (const bot of await listHookBots(tools.sql, key)) await refreshPerson(tools, bot)
  } catch (error) {
    tools.log.warn('the rows of a deleted room could not all be removed; the next start continues', {
      room: key,
      error,
    })
  }
}

/** Continues what a process did not finish: the one before, and later each node that ends. */
export async function purgeLeftovers(tools: Tools): Promise<void> {
  await purgeAll(tools)
  tools.bus.onNode((_node, alive) => {
    if (!alive) void purgeAll(tools)
  })
}

async function purgeAll(tools: Tools): Promise<void> {
  if (!leads(tools)) return
  try {
    for (const key of await listUnpurged(tools.sql)) await purgeRoom(tools, key)
  } catch (error) {
    tools.log.warn('deleted rooms could not be looked for; the next start continues', { error })
  }
}
