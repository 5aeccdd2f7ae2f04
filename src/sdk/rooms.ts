import type { Member, Room } from '../protocol/rooms.ts'
import { applyMembers, applyRooms } from './merge.ts'
import { sortNames } from './people.ts'
import type { Requests } from './requests.ts'
import type { Rest } from './rest.ts'
import { changeRoom, roomOf, roomState, withoutRoom, withRoom } from './state.ts'
import type { Store } from './store.ts'
import type { Subscriptions } from './subscriptions.ts'

type Page<Item> = { items: Item[]; next?: string }
type RoomsOptions = { store: Store; requests: Requests; rest: Rest }

const pathOf = (id: string) => `/rooms/${encodeURIComponent(id)}`

/** What is asked about rooms and people, beside their events. */
export function createRooms({ store, requests, rest }: RoomsOptions) {
  const all = async <Item>(path: string): Promise<Item[]> => {
    const items: Item[] = []
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page: Page<Item> = await rest('GET', next ? `${path}?after=${encodeURIComponent(next)}` : path)
      items.push(...page.items)
      next = page.next
    }
    return items
  }

  const introduce = async (id: string) => {
    const room = await rest<Room>('GET', pathOf(id))
    store.update((state) => (roomOf(state, id) ? state : withRoom(state, roomState(room))))
  }

  return {
    introduce,
    async join(id: string) {
      await requests.request('room.join', { room: id })
      if (!roomOf(store.get(), id)?.role) await introduce(id)
    },
    async leave(id: string) {
      await requests.request('room.leave', { room: id })
      store.update((state) => withoutRoom(state, id))
    },
    async list(): Promise<Room[]> {
      const rooms = await all<Room>('/rooms')
      store.update((state) => applyRooms(state, rooms))
      return rooms
    },
    async loadMembers(id: string, record: Subscriptions['record']): Promise<void> {
      const recorded = record(id)
      try {
        const members = await all<Member>(`${pathOf(id)}/members`)
        store.update((state) => applyMembers(state, id, members, recorded.events))
      } finally {
        recorded.stop()
      }
    },
    /** Presence is not in the log, so a resumption does not bring it. */
    loadPresence(id: string): void {
      requests.request('presence.list', { room: id }).then(
        ({ online }) =>
          store.update((state) => changeRoom(state, id, (room) => ({ ...room, online: sortNames(online) }))),
        // Not worth an error: events and the next subscription tell it too.
        () => {},
      )
    },
  }
}
