import type { Requests } from './requests.ts'
import { changeRoom, roomOf } from './state.ts'
import type { Store } from './store.ts'
import { readerOf, recount } from './unread.ts'

/** Read marks: shown at once, and sent one at a time, only the newest. */
export type Reads = {
  mark(room: string, seq?: number): void
  /** The message of this `seq` and those after it are unread again. */
  unmark(room: string, seq: number): Promise<void>
  /** How far a room is read without the server knowing; 0 if it knows. */
  unsent(room: string): number
  resume(): void
}

export function createReads(store: Store, requests: Requests): Reads {
  const wanted = new Map<string, number>()
  const sending = new Set<string>()

  const send = async (id: string) => {
    if (sending.has(id)) return
    sending.add(id)
    try {
      for (let seq = wanted.get(id); seq !== undefined; seq = wanted.get(id)) {
        await requests.request('read.mark', { room: id, seq })
        if (wanted.get(id) === seq) wanted.delete(id)
      }
    } catch {
      // Kept, and sent again with the next mark or after the next hello.
    } finally {
      sending.delete(id)
    }
  }

  return {
    async unmark(id, from) {
      wanted.delete(id)
      // The event brings it, in the order of what other devices read.
      await requests.request('read.mark', { room: id, seq: Math.max(0, from - 1), unread: true })
    },
    unsent: (id) => wanted.get(id) ?? 0,
    mark(id, seq) {
      const room = roomOf(store.get(), id)
      const to = Math.min(seq ?? room?.head ?? 0, room?.head ?? 0)
      if (!room?.role || to <= room.read_seq) return
      store.update((state) =>
        changeRoom(state, id, ({ kept_unread: _, ...old }) =>
          recount({ ...old, read_seq: to }, readerOf(state)),
        ),
      )
      wanted.set(id, to)
      void send(id)
    },
    resume() {
      for (const id of wanted.keys()) void send(id)
    },
  }
}
