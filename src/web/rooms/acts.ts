import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Invitation, Invite, InviteDraft, Room, RoomChange, RoomDraft } from '../../protocol/rooms.ts'
import { type RoomState, roomOf, type State } from '../../sdk/state.ts'
import type { Inside } from '../ground/inside.ts'
import { createTurns } from '../ground/limit-concurrency.ts'
import { addressOf, listAddress } from '../ground/route.ts'
import { say } from '../language/say.ts'
import { sentenceFor } from '../language/told.ts'
import { type Row, rowsIn, type Section, sameRows } from './rows.ts'

export type RoomActs = {
  /** The list at the side. */
  readonly rows: ReadonlySignal<Record<Section, readonly Row[]>>
  /** Rooms the server listed, joined or not; `isListed` once it has. */
  readonly listed: ReadonlySignal<readonly Room[]>
  readonly isListed: ReadonlySignal<boolean>
  /** Asks the server for its list again. */
  refresh(): void
  /** The room is looked at: fetches its last messages and its people. */
  enter(room: string): void
  join(room: string): void
  leave(room: string): void
  create(draft: RoomDraft): Promise<void>
  change(room: string, change: RoomChange): Promise<void>
  remove(room: string): Promise<void>
  notify(room: string, level: RoomState['notify']): void
  invites(room: string): Promise<readonly Invite[]>
  /** The invite with its code, which the server tells this once. */
  invite(room: string, draft: InviteDraft): Promise<Invite>
  revoke(room: string, invite: string): Promise<void>
  invitation(code: string): Promise<Invitation>
  /** Joins the room that the code is for, and goes there. */
  accept(code: string): Promise<void>
}

/** How many rooms are made live at once: a server greets somebody with 500 rooms without a flood of commands. */
const roomsAtOnce = 8

export function roomActs({
  state,
  page,
  trouble,
  client,
  onClient,
  onOnline,
  attempt,
  quietly,
}: Inside): RoomActs {
  const listed = signal<readonly Room[]>([])
  const isListed = signal(false)
  /** Every joined room is live, so that its unread count is; only the one in view fetches its last messages. */
  let kept = new Set<string>()
  const turns = createTurns(roomsAtOnce)

  const refresh = async () => {
    listed.value = await client().loadRooms()
    isListed.value = true
  }
  const keepLive = ({ rooms }: State) => {
    const mine = client()
    for (const { id, role } of Object.values(rooms)) {
      if (!role || kept.has(id)) continue
      kept.add(id)
      turns.add(async () => {
        if (mine === client()) await mine.openRoom(id, { history: id === page.room.value ? 50 : 0 })
      })
    }
  }
  const people = (id: string) => quietly(client().moreMembers(id, { anew: true }))

  /** The room in view: once it is closed to us, nothing knows its name any more. */
  let seen = { id: '', title: '' }
  effect(() => {
    const room = roomOf(state.value, page.room.value ?? '')
    if (room) seen = room
  })

  onClient((mine) => {
    listed.value = []
    isListed.value = false
    kept = new Set()
    mine.on('room.closed', ({ room: id, reason }) => {
      kept.delete(id)
      if (page.room.value !== id) return
      const room = seen.id === id ? seen.title : id
      page.go(listAddress)
      if (reason !== 'left')
        trouble.value = say(reason === 'deleted' ? 'room.deleted' : 'room.closed', { room })
    })
    // Who came and went in between was not told.
    mine.on('room.reset', ({ room }) => room === page.room.value && people(room))
  })
  onOnline(() => {
    quietly(refresh())
    // Who was silenced meanwhile is in no log.
    const id = page.room.value
    if (id && roomOf(state.value, id)?.members) people(id)
  })
  effect(() => {
    if (page.visible.value && state.peek().status === 'online') quietly(refresh())
  })
  effect(() => {
    if (state.value.status === 'online') keepLive(state.value)
  })

  let rows = rowsIn(state.peek())
  const pathOf = (id: string) => `/rooms/${encodeURIComponent(id)}`
  const invitation = (code: string) => `/invites/${encodeURIComponent(code)}`

  return {
    rows: computed(() => {
      const now = rowsIn(state.value)
      if (!sameRows(rows, now)) rows = now
      return rows
    }),
    listed,
    isListed,
    refresh: () => quietly(refresh()),
    enter(id) {
      const fill = async () => {
        await client().openRoom(id)
        people(id)
      }
      quietly(fill())
    },
    join: (id) =>
      attempt(
        client()
          .joinRoom(id)
          .then(() => page.go(addressOf(id))),
      ),
    leave(id) {
      const left = client().leaveRoom(id).then(refresh)
      left.catch((error) => {
        trouble.value = sentenceFor(error, { conflict: say('leave.lastOwner') })
      })
    },
    async create(draft) {
      const room = await client().createRoom(draft)
      page.go(addressOf(room.id))
      quietly(refresh())
    },
    change: (id, change) => client().rest('PATCH', pathOf(id), change),
    async remove(id) {
      await client().rest('DELETE', pathOf(id))
      quietly(refresh())
    },
    notify: (id, level) => attempt(client().setNotify(id, level)),
    async invites(id) {
      const { items } = await client().rest<{ items: Invite[] }>('GET', `${pathOf(id)}/invites`)
      return items
    },
    invite: (id, draft) => client().rest('POST', `${pathOf(id)}/invites`, draft),
    revoke: (id, invite) => client().rest('DELETE', `${pathOf(id)}/invites/${encodeURIComponent(invite)}`),
    invitation: (code) => client().rest('GET', invitation(code)),
    async accept(code) {
      const room = await client().acceptInvite(code)
      page.go(addressOf(room.id))
    },
  }
}
