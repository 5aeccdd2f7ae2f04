import type { LastMessage } from '../protocol/last-messages.ts'
import type { Message } from '../protocol/messages.ts'
import { applyLatest } from './apply.ts'
import { caughtUp } from './excerpt.ts'
import type { Rest } from './rest.ts'
import { changeRoom, type DurableEvent, type RoomState, type State } from './state.ts'
import type { Store } from './store.ts'
import type { Subscriptions } from './subscriptions.ts'
import { readerOf } from './unread.ts'

export type LastMessages = {
  /**
   * The last message of each of your rooms, for a list of rooms that shows it: afterwards `lastMessage(room)` has it. In open rooms events
   * keep it up, so one call is enough until you are in another room.
   */
  loadLastMessages(): Promise<void>
}

/** The last message of a room, deleted or not, as far as the client knows: of an open room, or after `loadLastMessages`. */
export function lastMessage({ messages, last }: Pick<RoomState, 'messages' | 'last'>): Message | undefined {
  const loaded = messages.at(-1)
  return loaded && loaded.seq >= (last?.seq ?? 0) ? loaded : last
}

type LastOptions = { store: Store; rest: Rest; record: Subscriptions['record'] }

export const createLast = ({ store, rest, record }: LastOptions): LastMessages => ({
  async loadLastMessages() {
    const recordings = new Map(Object.keys(store.get().rooms).map((id) => [id, record(id)]))
    try {
      let after: number | undefined
      do {
        const { items, next } = await rest('GET /last-messages', { query: { after } })
        store.update((state) =>
          items.reduce((known, item) => {
            const recording = recordings.get(item.room)
            if (!recording || recording.reset) return known
            return applyLatest(applyLast(known, item, recording.events), recording.latest)
          }, state),
        )
        after = next
      } while (after !== undefined)
    } finally {
      for (const recording of recordings.values()) recording.stop()
    }
  },
})

/** `since` are the durable events that were applied while the message was on its way. */
export function applyLast(state: State, item: LastMessage, since: readonly DurableEvent[]): State {
  return changeRoom(state, item.room, (room) => {
    // Events that are still on their way may be in the message already. Reactions would count twice.
    const message = { ...item.message, reactions: [] }
    const read = { page: { items: [message] }, asOf: item.head, since }
    const [last] = caughtUp(room, read, readerOf(state))
    const { last: _, ...kept } = room
    return last ? { ...kept, last: { ...last, reactions: [] } } : kept
  })
}
