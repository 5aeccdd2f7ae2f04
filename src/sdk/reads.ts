import type { Requests } from './requests.ts'
import { changeRoom, roomOf } from './state.ts'
import type { Store } from './store.ts'
import { readerOf, recount } from './unread.ts'

/** Read marks: shown at once, and sent one at a time, only the newest. */
export type Reads = { mark(room: string, seq?: number): void; resume(): void }

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
    mark(id, seq) {
      const room = roomOf(store.get(), id)
      const to = Math.min(seq ?? room?.head ?? 0, room?.head ?? 0)
      if (!room?.role || to <= room.read_seq) return
      store.update((state) =>
        changeRoom(state, id, (old) => recount({ ...old, read_seq: to }, readerOf(state))),
      )
      wanted.set(id, to)
      void send(id)
    },
    resume() {
      for (const id of wanted.keys()) void send(id)
    },
  }
}
