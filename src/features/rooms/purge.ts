import type { Tools } from '../../scope.ts'
import { removeOwned } from '../../storage/remove-owned.ts'
import { refreshPerson } from '../users/roles.ts'
import { listHookBots, listUnpurged } from './store.ts'

const rowsAtOnce = 2000

/** Removes what belongs to a deleted room, a part at a time, so that nobody else waits for it. */
export async function purgeRoom(tools: Tools, key: number): Promise<void> {
  try {
    while ((await removeOwned(tools.sql, 'room', key, rowsAtOnce)) > 0) await Bun.sleep(10)
    for (const bot of await listHookBots(tools.sql, key)) await refreshPerson(tools, bot)
  } catch (error) {
    tools.log.warn('a deleted room is not removed yet; the next start goes on', { room: key, error })
  }
}

/** Goes on where the last process stopped. */
export async function purgeLeftovers(tools: Tools): Promise<void> {
  for (const key of await listUnpurged(tools.sql)) await purgeRoom(tools, key)
}
