import type { Member, Room, RoomDraft } from '../protocol/rooms.ts'
import { applyMemberPage, applyMembers, applyRooms } from './merge.ts'
import { sortNames } from './people.ts'
import type { Requests } from './requests.ts'
import type { Rest } from './rest.ts'
import { changeRoom, roomOf, roomState, withoutRoom, withRoom } from './state.ts'
import type { Store } from './store.ts'
import type { Subscriptions } from './subscriptions.ts'

type Page<Item> = { items: Item[]; next?: string }
type RoomsOptions = { store: Store; requests: Requests; rest: Rest }

/** What brings a room into `state.rooms`, and what one wants to hear of it. */
export type RoomWishes = {
  /** Makes a room and owns it. Rejects with `conflict` (the name is taken), `forbidden` or `invalid`. */
  createRoom(draft: RoomDraft): Promise<Room>
  /** The direct room of oneself and these people, made once. Rejects with `forbidden` where somebody does not want it. */
  openDirect(usernames: readonly string[]): Promise<Room>
  /** Joins the room that the invite is for. Rejects with `not_found` when it is not, or no longer, valid. */
  acceptInvite(code: string): Promise<Room>
  /** What one is told of: every message, mentions, nothing. Other clients of the same user see it with their next hello. */
  setNotify(room: string, level: NonNullable<Room['notify']>): Promise<void>
}

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

  const welcome = async (opened: Promise<Room>): Promise<Room> => {
    const room = await opened
    store.update((state) => applyRooms(state, [room]))
    return room
  }
  const wishes: RoomWishes = {
    createRoom: (draft) => welcome(rest('POST', '/rooms', draft)),
    openDirect: (usernames) => welcome(requests.request('direct.open', { usernames: [...usernames] })),
    acceptInvite: (code) => welcome(rest('POST', `/invites/${encodeURIComponent(code)}/accept`)),
    async setNotify(id, level) {
      await rest('PUT', `${pathOf(id)}/notifications`, { level })
      store.update((state) => changeRoom(state, id, (room) => ({ ...room, notify: level })))
    },
  }

  return {
    wishes,
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
    async moreMembers(id: string, record: Subscriptions['record'], anew = false): Promise<boolean> {
      const room = roomOf(store.get(), id)
      if (room?.members && room.members_after === undefined && !anew) return false
      const after = anew ? undefined : room?.members_after
      const recorded = record(id)
      try {
        const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`
        const page: Page<Member> = await rest('GET', `${pathOf(id)}/members${query}`)
        store.update((state) => applyMemberPage(state, id, page, after, recorded.events))
        return page.next !== undefined
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
