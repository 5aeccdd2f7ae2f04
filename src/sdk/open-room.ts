import { endedError } from './errors.ts'
import type { History } from './history.ts'
import { roomOf } from './state.ts'
import type { Store } from './store.ts'
import type { Subscriptions } from './subscriptions.ts'
import { type Abortable, abortable } from './waiting.ts'

/** `history`: how many of the last messages to load, 0 to 100; 50 by default. */
export type OpenOptions = Abortable & { history?: number | undefined }

export type OpenRoom = (id: string, options?: OpenOptions) => Promise<void>

/** Opens a room. If it is open already with less history, it loads the rest. */
export function createOpenRoom(
  store: Store,
  subscriptions: Subscriptions,
  history: Pick<History, 'older'>,
): OpenRoom {
  return async (id, { history: count = 50, signal } = {}) => {
    signal?.throwIfAborted()
    const { status, endedBecause } = store.get()
    if (status === 'ended') throw endedError(endedBecause)
    await abortable(subscriptions.open(id, count), signal)
    const wanted = Math.min(100, count)
    const room = roomOf(store.get(), id)
    if (room && !room.reachedStart && room.messages.length < wanted)
      await abortable(history.older(id, wanted), signal)
  }
}
