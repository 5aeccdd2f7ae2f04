import type { Author } from '../protocol/users.ts'
import { findSeq } from './by-seq.ts'
import type { Rest } from './rest.ts'
import type { RoomState, State } from './state.ts'
import type { Store } from './store.ts'
import { readerOf, recount, withoutMention } from './unread.ts'

export type Blocks = {
  /** Blocks somebody. Their messages are not counted as unread from now on. */
  block(username: string): Promise<void>
  unblock(username: string): Promise<void>
  /** Everybody whom you have blocked, on any device. Updates `state.blocked`. */
  loadBlocked(): Promise<readonly Author[]>
}

export function createBlocks({ store, rest }: { store: Store; rest: Rest }): Blocks {
  const put = async (username: string, on: boolean) => {
    await rest(`${on ? 'PUT' : 'DELETE'} /users/me/blocks/:username`, { params: { username } })
    store.update((state) => {
      const others = (state.blocked ?? []).filter((each) => each !== username)
      return withBlocked(state, on ? [...others, username] : others)
    })
  }
  return {
    block: (username) => put(username, true),
    unblock: (username) => put(username, false),
    async loadBlocked() {
      const { items } = await rest('GET /users/me/blocks')
      store.update((state) =>
        withBlocked(
          state,
          items.map(({ username }) => username),
        ),
      )
      return items
    },
  }
}

/** A room whose unread messages are not all loaded keeps its number until the next hello. */
function withBlocked(state: State, blocked: readonly string[]): State {
  const before = new Set(state.blocked)
  if (before.size === blocked.length && blocked.every((each) => before.has(each))) return state
  const reader = readerOf({ ...state, blocked })
  const isTheirs = (room: RoomState, seq: number) =>
    blocked.includes(findSeq(room.messages, seq)?.author.username ?? '')
  const withoutTheirs = (room: RoomState): RoomState =>
    room.mentioned.filter((seq) => isTheirs(room, seq)).reduce(withoutMention, room)
  const counted = (room: RoomState): RoomState => (room.open ? recount(withoutTheirs(room), reader) : room)
  return {
    ...state,
    blocked,
    rooms: Object.fromEntries(Object.entries(state.rooms).map(([id, room]) => [id, counted(room)])),
  }
}
