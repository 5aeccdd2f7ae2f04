import { effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Author, User } from '../../protocol/users.ts'
import type { RoomMember } from '../../sdk/state.ts'
import type { Inside } from '../ground/inside.ts'
import { createTurns } from '../ground/limit-concurrency.ts'
import { addressOf } from '../ground/route.ts'
import { namelessIn } from './names.ts'

/** Whose card is shown, and in which room they were met. */
export type Card = { username: string; room: string | undefined }

export type PeopleActs = {
  readonly card: ReadonlySignal<Card | undefined>
  /** Shows who somebody is, and what can be done about them in the room that is in view. */
  show(username: string): void
  hide(): void
  /** Rejects with `not_found`. */
  find(username: string): Promise<User>
  /** Opens the direct room with these people, and goes there. */
  write(usernames: readonly string[]): Promise<void>
  /** Has the first members of one's rooms fetched, to choose somebody from. */
  meet(): void
  /** The next page of a room's members; answers whether there are more. */
  more(room: string): Promise<boolean>
  /** Adds somebody to a room, or changes their role. */
  put(room: string, username: string, role?: RoomMember['role']): Promise<void>
  remove(room: string, username: string): Promise<void>
  /** For so long they may read and not write; without it, they may write again. */
  silence(room: string, username: string, minutes?: number): Promise<void>
  /** Whom one does not want to be written to by; undefined until asked for. */
  readonly blocked: ReadonlySignal<readonly Author[] | undefined>
  loadBlocked(): void
  block(username: string): void
  unblock(username: string): void
}

const asksAtOnce = 4
/** Of how many rooms members are fetched to choose from; who is in none of them is found by their username. */
const roomsToMeet = 20

export function peopleActs({ state, page, names, client, onClient, attempt, quietly }: Inside): PeopleActs {
  const card = signal<Card>()
  const blocked = signal<readonly Author[]>()
  const turns = createTurns(asksAtOnce)
  let asked = new Set<string>()

  const find = (username: string) => client().rest<User>('GET', `/users/${encodeURIComponent(username)}`)
  const memberOf = (room: string, username: string) =>
    `/rooms/${encodeURIComponent(room)}/members/${encodeURIComponent(username)}`

  const loadBlocked = async () => {
    const { items } = await client().rest<{ items: Author[] }>('GET', '/users/me/blocks')
    blocked.value = items
  }
  const setBlock = (method: 'PUT' | 'DELETE', username: string) =>
    client()
      .rest(method, `/users/me/blocks/${encodeURIComponent(username)}`)
      .finally(loadBlocked)

  onClient(() => {
    card.value = undefined
    blocked.value = undefined
    names.value = new Map()
    asked = new Set()
  })
  effect(() => {
    if (state.value.status !== 'online') return
    for (const username of namelessIn(state.value, names.peek(), page.room.value)) {
      if (asked.has(username)) continue
      asked.add(username)
      turns.add(async () => {
        const { display_name } = await find(username)
        names.value = new Map(names.value).set(username, display_name)
      })
    }
  })

  return {
    card,
    show(username) {
      card.value = { username, room: page.room.value }
    },
    hide() {
      card.value = undefined
    },
    find,
    async write(usernames) {
      const room = await client().openDirect(usernames)
      page.go(addressOf(room.id))
    },
    meet() {
      const unmet = Object.values(state.value.rooms).filter(
        ({ role, access, members }) => role && access !== 'direct' && !members,
      )
      for (const { id } of unmet.slice(0, roomsToMeet)) turns.add(() => client().moreMembers(id))
    },
    more: (room) => client().moreMembers(room),
    put: (room, username, role) =>
      client().rest('PUT', memberOf(room, username), role ? { role } : undefined),
    remove: (room, username) => client().rest('DELETE', memberOf(room, username)),
    silence(room, username, minutes) {
      const path = `${memberOf(room, username)}/silence`
      if (minutes === undefined) return client().rest('DELETE', path)
      const until = new Date(Date.now() + minutes * 60_000).toISOString()
      return client().rest('PUT', path, { until })
    },
    blocked,
    loadBlocked: () => quietly(loadBlocked()),
    block: (username) => attempt(setBlock('PUT', username)),
    unblock: (username) => attempt(setBlock('DELETE', username)),
  }
}
