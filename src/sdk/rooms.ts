import type { Arrangement, ArrangementChange } from '../protocol/arrangements.ts'
import type { RoomInvitation } from '../protocol/invitations.ts'
import type { NewRoom, NotifyChange, Room } from '../protocol/rooms.ts'
import { applyToRooms } from './apply.ts'
import { applyRooms } from './apply-fetched.ts'
import type { Listeners } from './listeners.ts'
import { sortNames } from './people.ts'
import type { Requests } from './requests.ts'
import type { Rest } from './rest.ts'
import { type ClientEvent, changeRoom, roomOf, roomState, withoutRoom, withRoom } from './state.ts'
import type { Store } from './store.ts'

type RoomsOptions = { store: Store; requests: Requests; rest: Rest; listeners: Listeners }

/** The rooms as a list: what a client can do that is not about one room that it knows already. */
export type RoomLists = {
  /** Creates a room; you become its owner. Rejects with `conflict` (the id is taken), `forbidden` or `invalid`. */
  createRoom(newRoom: NewRoom): Promise<Room>
  /**
   * The direct room of you and these people; the same people always get the same room. Rejects with `forbidden` if
   * one of them does not accept direct messages.
   */
  openDirect(usernames: readonly string[]): Promise<Room>
  /** Joins the room that the invite is for. Rejects with `not_found` if the invite is unknown, used up or expired. */
  acceptInvite(code: string): Promise<Room>
  /**
   * The rooms that people you share no room with have added you to, newest first. You become a member when you accept. The
   * event `room.invited` brings new ones.
   */
  loadInvitations(): Promise<RoomInvitation[]>
  /** Becomes a member. Rejects with `not_found` if the invitation has ended. */
  acceptInvitation(room: string): Promise<Room>
  declineInvitation(room: string): Promise<void>
  /**
   * Sorts the list of rooms, and creates, renames, orders and deletes sections of it: those without an `id` are new, those that are left
   * out are deleted. At most 20, with names of at most 40 characters. `state.arrangement` has it on all clients of this user. Rejects with
   * `invalid`, and the reason `section_not_found`, for an `id` that another client has deleted.
   */
  arrange(change: ArrangementChange): Promise<Arrangement>
  /** All rooms that you may see (GET /rooms), joined or not. Updates the rooms in `state.rooms`. */
  loadRooms(): Promise<Room[]>
}

export type Rooms = {
  lists: RoomLists
  /** Fetches a room that is not in the state yet. */
  loadRoom(id: string): Promise<void>
  join(id: string): Promise<void>
  leave(id: string): Promise<void>
  setNotify(id: string, change: NotifyChange): Promise<void>
  setFavourite(id: string, favourite: boolean): Promise<void>
  setSection(id: string, section: string | null): Promise<void>
  loadPresence(id: string): void
}

/** Requests about rooms, and their results in the state. */
export function createRooms({ store, requests, rest, listeners }: RoomsOptions): Rooms {
  const loadRoom = async (id: string) => {
    const room = await rest('GET /rooms/:room', { params: { room: id } })
    store.update((state) => (roomOf(state, id) ? state : withRoom(state, roomState(room))))
  }

  /** What happens to rooms while they are on their way is applied to them: the server may have read them before it. */
  const addAllToState = async (fetching: Promise<Room[]>): Promise<Room[]> => {
    const since: ClientEvent[] = []
    const stop = listeners.on('*', (event) => since.push(event))
    try {
      const rooms = await fetching
      store.update((state) => applyToRooms(applyRooms(state, rooms), since))
      return rooms
    } finally {
      stop()
    }
  }
  const addToState = async (opened: Promise<Room>): Promise<Room> => {
    const [room] = await addAllToState(opened.then((room) => [room]))
    return room!
  }
  const fetchAll = async (): Promise<Room[]> => {
    const rooms: Room[] = []
    let after: string | undefined
    do {
      const { items, next } = await rest('GET /rooms', { query: { after } })
      rooms.push(...items)
      after = next
    } while (after !== undefined)
    return rooms
  }
  const lists: RoomLists = {
    createRoom: (newRoom) => addToState(rest('POST /rooms', { body: newRoom })),
    openDirect: (usernames) => addToState(requests.request('direct.open', { usernames: [...usernames] })),
    acceptInvite: (code) => addToState(rest('POST /invites/:code/accept', { params: { code } })),
    loadInvitations: async () => (await rest('GET /users/me/invitations')).items,
    acceptInvitation: (room) =>
      addToState(rest('POST /users/me/invitations/:room/accept', { params: { room } })),
    declineInvitation: (room) => rest('DELETE /users/me/invitations/:room', { params: { room } }),
    arrange: (change) => requests.request('arrangement.set', change),
    loadRooms: () => addAllToState(fetchAll()),
  }

  return {
    lists,
    loadRoom,
    async join(id) {
      await requests.request('room.join', { room: id })
      if (!roomOf(store.get(), id)?.role) await loadRoom(id)
    },
    async leave(id) {
      await requests.request('room.leave', { room: id })
      store.update((state) => withoutRoom(state, id))
    },
    async setNotify(id, change) {
      await rest('PUT /rooms/:room/notifications', { params: { room: id }, body: change })
      const { level, muted_until: until } = change
      store.update((state) =>
        changeRoom(state, id, (room) => ({
          ...room,
          ...(level === undefined ? {} : { notify: level }),
          ...(until === undefined ? {} : { muted_until: until ?? undefined }),
        })),
      )
    },
    async setFavourite(id, favourite) {
      // The event brings it, in the order of what other devices set.
      await requests.request('favourite.set', { room: id, favourite })
    },
    async setSection(id, section) {
      await requests.request('section.set', { room: id, section })
    },
    /** Presence is not in the log, so a resumption does not bring it. */
    loadPresence(id) {
      requests.request('presence.list', { room: id }).then(
        ({ online, count }) =>
          store.update((state) =>
            changeRoom(state, id, (room) => ({ ...room, online: sortNames(online), online_count: count })),
          ),
        // Not worth an error: events and the next subscription bring it too.
        () => {},
      )
    },
  }
}
