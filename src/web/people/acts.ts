import { effect, type ReadonlySignal, signal } from '@preact/signals'
import type { CustomStatus } from '../../protocol/profile.ts'
import type { Author, User } from '../../protocol/users.ts'
import type { ActTools } from '../ground/act-tools.ts'
import { limitConcurrency } from '../ground/limit-concurrency.ts'
import { createNewest } from '../ground/newest.ts'
import { addressOf } from '../ground/route.ts'
import { namelessIn } from './names.ts'

/** What everybody in a room sees of a person. */
export type Profile = Author & { custom_status?: CustomStatus }

/** The person whose card is open, and the room in which it was opened. */
export type Card = { username: string; room: string | undefined }

export type PeopleActs = {
  readonly card: ReadonlySignal<Card | undefined>
  /** How a person of your rooms looks now, who has just changed that. */
  readonly changed: ReadonlySignal<Profile | undefined>
  /** Opens the card of a person, as of a room: the one that is shown, by default. */
  show(username: string, room?: string): void
  hide(): void
  /** Rejects with `not_found`. */
  find(username: string): Promise<User>
  /** Opens the direct room with these people, and shows it. */
  openDirect(usernames: readonly string[]): Promise<void>
  /** Loads the first members of your rooms, so that you can choose people from them. */
  loadAcquaintances(): void
  /** The people you have blocked, with their names; undefined until `loadBlocked` was called. For "is it one of them?" see `isBlocked`. */
  readonly blocked: ReadonlySignal<readonly Author[] | undefined>
  loadBlocked(): void
  block(username: string): void
  unblock(username: string): void
}

const requestsAtOnce = 4
/** `loadAcquaintances` loads the members of so many rooms. Other people are found by their username. */
const roomsToLoad = 20

export function peopleActs({ state, page, names, client, onClient, attempt, quietly }: ActTools): PeopleActs {
  const card = signal<Card>()
  const changed = signal<Profile>()
  const blocked = signal<readonly Author[]>()
  const queue = limitConcurrency(requestsAtOnce)
  let asked = new Set<string>()

  const find = (username: string) => client().rest('GET /users/:username', { params: { username } })

  const newestBlocked = createNewest(client)
  const loadBlocked = () =>
    newestBlocked(
      (mine) => mine.loadBlocked(),
      (people) => {
        blocked.value = people
      },
    )
  const setBlock = (act: 'block' | 'unblock', username: string) =>
    client()
      [act](username)
      .finally(() => quietly(loadBlocked()))

  onClient((mine) => {
    card.value = undefined
    changed.value = undefined
    mine.on('profile.changed', ({ type: _, room: __, ...profile }) => {
      changed.value = profile
    })
    blocked.value = undefined
    names.value = new Map()
    asked = new Set()
  })
  effect(() => {
    if (state.value.status !== 'online') return
    for (const username of namelessIn(state.value, names.peek(), page.room.value)) {
      if (asked.has(username)) continue
      asked.add(username)
      queue.add(async () => {
        const { display_name } = await find(username)
        names.value = new Map(names.value).set(username, display_name)
      })
    }
  })

  return {
    card,
    changed,
    show(username, room = page.room.value) {
      card.value = { username, room }
    },
    hide() {
      card.value = undefined
    },
    find,
    async openDirect(usernames) {
      const room = await client().openDirect(usernames)
      page.go(addressOf(room.id))
    },
    loadAcquaintances() {
      const unloaded = Object.values(state.value.rooms).filter(
        ({ role, access, members }) => role && access !== 'direct' && !members,
      )
      for (const { id } of unloaded.slice(0, roomsToLoad)) queue.add(() => client().room(id).moreMembers())
    },
    blocked,
    loadBlocked: () => quietly(loadBlocked()),
    block: (username) => attempt(setBlock('block', username)),
    unblock: (username) => attempt(setBlock('unblock', username)),
  }
}
