import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Arrangement } from '../../protocol/arrangements.ts'
import type { RoomInvitation } from '../../protocol/invitations.ts'
import type { Invite, InvitePreview, NewInvite } from '../../protocol/invites.ts'
import type { NewRoom, Room, RoomChange } from '../../protocol/rooms.ts'
import { RequestError } from '../../sdk/errors.ts'
import { type RoomState, roomOf, type State } from '../../sdk/state.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { limitConcurrency } from '../ground/limit-concurrency.ts'
import { createNewest } from '../ground/newest.ts'
import { nextEndOfMute } from '../ground/notify-level.ts'
import { addressOf, listAddress } from '../ground/route.ts'
import { sentenceFor } from '../language/error-text.ts'
import { say } from '../language/say.ts'
import { type Rows, rowsIn, sameRows } from './rows.ts'

/** A sheet about a room, about a section of the list, which gets a name, a new one without `id`, or for something new. */
export type RoomSheet =
  | {
      room: string
      about: 'details' | 'notify' | 'mute' | 'add' | 'invites' | 'webhooks' | 'outgoing' | 'section'
    }
  | { section: { id?: string; name: string } }
  | { create: 'rooms' }
  /** `from`: a direct room whose people are chosen already. */
  | { create: 'directs'; from?: string }

export type RoomActs = {
  /** The rows of the sidebar. */
  readonly rows: ReadonlySignal<Rows>
  /** By their id, the titles of rooms that a `#room` in a message leads to. */
  readonly titles: ReadonlySignal<ReadonlyMap<string, string>>
  /** The rooms that the server listed, joined or not. `isListed` tells whether it has. */
  readonly listed: ReadonlySignal<readonly Room[]>
  readonly isListed: ReadonlySignal<boolean>
  /** The rooms that you have been added to by people you share no room with. */
  readonly invited: ReadonlySignal<readonly RoomInvitation[]>
  /** Becomes a member, and shows the room. */
  acceptInvitation(room: string): void
  declineInvitation(room: string): void
  /** Gets the list from the server again. */
  refresh(): void
  /** Loads the last messages and the members of a room that is being opened. */
  enter(room: string): void
  join(room: string): void
  leave(room: string): void
  create(newRoom: NewRoom): Promise<void>
  change(room: string, change: RoomChange): Promise<void>
  setPicture(room: string, file: Blob): Promise<void>
  removePicture(room: string): Promise<void>
  remove(room: string): Promise<void>
  notify(room: string, level: RoomState['notify']): void
  /** Until then; without a time it ends. */
  mute(room: string, until?: Date): void
  setFavourite(room: string, favourite: boolean): void
  /** The sheet that is open. */
  readonly sheet: Signal<RoomSheet | undefined>
  sortBy(order: Arrangement['order']): void
  /** Resolves to the id of the section, a new one without `id`. */
  nameSection(section: { id?: string; name: string }): Promise<string>
  /** Up or down, by places. */
  moveSection(id: string, by: number): void
  deleteSection(id: string): void
  /** Without a section, the room is in none. */
  setSection(room: string, section?: string): Promise<void>
  invites(room: string): Promise<readonly Invite[]>
  /** Only this response has the `code` of the invite. */
  createInvite(room: string, newInvite: NewInvite): Promise<Invite>
  revokeInvite(room: string, invite: string): Promise<void>
  previewInvite(code: string): Promise<InvitePreview>
  /** Joins the room that the code is for, and shows it. */
  acceptInvite(code: string): Promise<void>
}

/** So many rooms are opened at once: a person with 500 rooms does not flood the server with commands. */
const roomsAtOnce = 8
/** Timers take no more than 24 days. */
const longestTimerMs = 24 * 3600_000

export function roomActs({
  state,
  page,
  toast,
  client,
  onClient,
  onOnline,
  attempt,
  quietly,
}: ActTools): RoomActs {
  const listed = signal<readonly Room[]>([])
  const isListed = signal(false)
  const invited = signal<readonly RoomInvitation[]>([])
  /** Every joined room is open, for its unread count. Only the room in view loads its last messages. */
  let opened = new Set<string>()
  const queue = limitConcurrency(roomsAtOnce)

  const newestRooms = createNewest(client)
  const refresh = () =>
    newestRooms(
      (mine) => mine.loadRooms(),
      (rooms) => {
        listed.value = rooms
        isListed.value = true
      },
    )
  const newestInvited = createNewest(client)
  const loadInvited = () =>
    newestInvited(
      (mine) => mine.loadInvitations(),
      (invitations) => {
        // You may have accepted one in the meantime.
        invited.value = invitations.filter(({ room }) => !roomOf(state.value, room)?.role)
      },
    )
  const openJoined = ({ rooms }: State) => {
    const mine = client()
    for (const { id, role } of Object.values(rooms)) {
      if (!role || opened.has(id)) continue
      opened.add(id)
      queue.add(async () => {
        if (mine === client()) await mine.room(id).open({ history: id === page.room.value ? 50 : 0 })
      })
    }
  }
  const loadMembers = (id: string) => quietly(client().room(id).moreMembers({ fromStart: true }))

  /** The room in view. The state no longer has the title of a room that you were removed from. */
  let seen = { id: '', title: '' }
  effect(() => {
    const room = roomOf(state.value, page.room.value ?? '')
    if (room) seen = room
  })

  onClient((mine) => {
    listed.value = []
    isListed.value = false
    opened = new Set()
    invited.value = []
    mine.on('room.invited', () => quietly(loadInvited()))
    mine.on('room.updated', ({ changed }) => changed.access && quietly(refresh()))
    // You may have accepted on another device.
    mine.on('room.opened', ({ room }) => {
      invited.value = invited.value.filter((each) => each.room !== room.id)
    })
    mine.on('room.closed', ({ room: id, reason }) => {
      opened.delete(id)
      if (page.room.value !== id) return
      const room = seen.id === id ? seen.title : id
      page.go(listAddress)
      if (reason !== 'left')
        toast.value = say(reason === 'deleted' ? 'room.deleted' : 'room.closed', { room })
    })
    // The members may have changed while the room was not open.
    mine.on('room.reset', ({ room }) => room === page.room.value && loadMembers(room))
  })
  onOnline(() => {
    quietly(refresh())
    quietly(loadInvited())
    // The log does not say who was silenced while we were offline.
    const id = page.room.value
    if (id && roomOf(state.value, id)?.members) loadMembers(id)
  })
  effect(() => {
    if (page.visible.value && state.peek().status === 'online') quietly(refresh())
  })
  effect(() => {
    if (state.value.status === 'online') openJoined(state.value)
  })

  const own = () => state.value.arrangement?.sections ?? []
  let rows = rowsIn(state.peek())
  /** Counts the mutes that have ended: nothing else changes at that moment. */
  const muteEnds = signal(0)
  effect(() => {
    const end = nextEndOfMute(Object.values(state.value.rooms))
    if (end === undefined) return
    const over = setTimeout(() => muteEnds.value++, Math.min(end - Date.now(), longestTimerMs))
    return () => clearTimeout(over)
  })

  let titles: ReadonlyMap<string, string> = new Map()

  return {
    titles: computed(() => {
      const known = [...listed.value, ...Object.values(state.value.rooms)]
      const now = new Map(
        known.filter(({ access }) => access !== 'direct').map(({ id, title }) => [id, title]),
      )
      const isSame = now.size === titles.size && [...now].every(([id, title]) => titles.get(id) === title)
      if (!isSame) titles = now
      return titles
    }),
    rows: computed(() => {
      void muteEnds.value
      const now = rowsIn(state.value)
      if (!sameRows(rows, now)) rows = now
      return rows
    }),
    invited,
    acceptInvitation: (room) =>
      attempt(
        client()
          .acceptInvitation(room)
          .then(() => page.go(addressOf(room)))
          .finally(() => quietly(loadInvited())),
      ),
    declineInvitation: (room) =>
      attempt(
        client()
          .declineInvitation(room)
          .finally(() => quietly(loadInvited())),
      ),
    listed,
    isListed,
    refresh: () => quietly(refresh()),
    enter(id) {
      const load = async () => {
        await client().room(id).open()
        loadMembers(id)
      }
      quietly(load())
    },
    join: (id) =>
      attempt(
        client()
          .room(id)
          .join()
          .then(() => page.go(addressOf(id))),
      ),
    leave(id) {
      const leaving = client().room(id).leave().then(refresh)
      leaving.catch((error) => {
        const isLast = error instanceof RequestError && error.reason === 'last_owner'
        toast.value = isLast ? say('leave.lastOwner') : sentenceFor(error)
      })
    },
    async create(newRoom) {
      const room = await client().createRoom(newRoom)
      page.go(addressOf(room.id))
      quietly(refresh())
    },
    async change(room, change) {
      await client().rest('PATCH /rooms/:room', { params: { room }, body: change })
    },
    async setPicture(room, file) {
      await client().room(room).setAvatar(file)
    },
    removePicture: (room) => client().room(room).removeAvatar(),
    async remove(room) {
      await client().rest('DELETE /rooms/:room', { params: { room } })
      quietly(refresh())
    },
    notify: (id, level) => attempt(client().room(id).setNotify(level)),
    mute: (id, until) => attempt(client().room(id).mute(until)),
    setFavourite: (id, favourite) => attempt(client().room(id).setFavourite(favourite)),
    sheet: signal(undefined),
    sortBy: (order) => attempt(client().arrange({ order })),
    async nameSection({ id, name }) {
      const named =
        id === undefined ? [...own(), { name }] : own().map((each) => (each.id === id ? { id, name } : each))
      const { sections } = await client().arrange({ sections: named })
      return id ?? sections.at(-1)!.id
    },
    moveSection(id, by) {
      const at = own().findIndex((each) => each.id === id)
      const moved = own()
        .toSpliced(at, 1)
        .toSpliced(at + by, 0, ...own().slice(at, at + 1))
      attempt(client().arrange({ sections: moved }))
    },
    deleteSection: (id) => attempt(client().arrange({ sections: own().filter((each) => each.id !== id) })),
    setSection: (id, section) =>
      client()
        .room(id)
        .setSection(section ?? null),
    async invites(room) {
      const { items } = await client().rest('GET /rooms/:room/invites', { params: { room } })
      return items
    },
    createInvite: (room, newInvite) =>
      client().rest('POST /rooms/:room/invites', { params: { room }, body: newInvite }),
    revokeInvite: (room, id) => client().rest('DELETE /rooms/:room/invites/:id', { params: { room, id } }),
    previewInvite: (code) => client().rest('GET /invites/:code', { params: { code } }),
    async acceptInvite(code) {
      const room = await client().acceptInvite(code)
      page.go(addressOf(room.id))
    },
  }
}
