import { ended } from './errors.ts'
import type { History } from './history.ts'
import type { OpenOptions } from './room.ts'
import { roomOf } from './state.ts'
import type { Store } from './store.ts'
import type { Subscriptions } from './subscriptions.ts'
import { abortable } from './waiting.ts'

/** Opens a room with so much history as is asked for, also when it was opened with less before. */
export function createOpening(store: Store, subscriptions: Subscriptions, history: Pick<History, 'older'>) {
  return async (id: string, { history: count = 50, signal }: OpenOptions = {}): Promise<void> => {
    signal?.throwIfAborted()
    const { status, endedBecause } = store.get()
    if (status === 'ended') throw ended(endedBecause)
    await abortable(subscriptions.open(id, count), signal)
    const wanted = Math.min(100, count)
    const room = roomOf(store.get(), id)
    if (room && !room.reachedStart && room.messages.length < wanted)
      await abortable(history.older(id, wanted), signal)
  }
}
