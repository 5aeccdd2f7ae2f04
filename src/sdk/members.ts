import type { Member } from '../protocol/rooms.ts'
import { applyLatest } from './apply.ts'
import { applyMemberPage, applyMembers } from './apply-fetched.ts'
import type { Rest } from './rest.ts'
import { roomOf } from './state.ts'
import type { Store } from './store.ts'
import type { Recording, Subscriptions } from './subscriptions.ts'

export type Members = {
  /** All of them. */
  load(room: string): Promise<void>
  /** The next page; resolves to whether there are more. */
  more(room: string, fromStart?: boolean): Promise<boolean>
}

type MembersOptions = { store: Store; rest: Rest; record: Subscriptions['record'] }

/** The members of a room, all at once or by the page. What happens during a request is applied to its result. */
export function createMembers({ store, rest, record }: MembersOptions): Members {
  const recorded = async <Result>(id: string, act: (recording: Recording) => Promise<Result>) => {
    const recording = record(id)
    try {
      return await act(recording)
    } finally {
      recording.stop()
    }
  }

  const page = (room: string, after: string | undefined) =>
    rest('GET /rooms/:room/members', { params: { room }, query: { after } })

  return {
    load: (id) =>
      recorded(id, async ({ events, latest }) => {
        const members: Member[] = []
        let after: string | undefined
        do {
          const { items, next } = await page(id, after)
          members.push(...items)
          after = next
        } while (after !== undefined)
        store.update((state) => applyLatest(applyMembers(state, id, members, events), latest))
      }),
    async more(id, fromStart = false) {
      const room = roomOf(store.get(), id)
      if (room?.members && room.members_after === undefined && !fromStart) return false
      const after = fromStart ? undefined : room?.members_after
      return recorded(id, async ({ events, latest }) => {
        const fetched = await page(id, after)
        store.update((state) => applyLatest(applyMemberPage(state, id, fetched, after, events), latest))
        return fetched.next !== undefined
      })
    },
  }
}
