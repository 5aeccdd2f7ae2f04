import { findSeq } from './by-seq.ts'
import type { Rest } from './rest.ts'
import type { RoomState, State } from './state.ts'
import type { Store } from './store.ts'
import { readerOf, recount } from './unread.ts'

export type Blocks = {
  /** Blocks somebody. Their messages are not counted as unread from now on. */
  block(username: string): Promise<void>
  unblock(username: string): Promise<void>
}

export function createBlocks({ store, rest }: { store: Store; rest: Rest }): Blocks {
  const put = async (username: string, on: boolean) => {
    await rest(`${on ? 'PUT' : 'DELETE'} /users/me/blocks/:username`, { params: { username } })
    store.update((state) => applyBlock(state, username, on))
  }
  return { block: (username) => put(username, true), unblock: (username) => put(username, false) }
}

/** A room whose unread messages are not all loaded keeps its number until the next hello. */
export function applyBlock(state: State, username: string, on: boolean): State {
  const others = (state.blocked ?? []).filter((each) => each !== username)
  const blocked = on ? [...others, username] : others
  const reader = readerOf({ ...state, blocked })
  const isTheirs = (room: RoomState, seq: number) => findSeq(room.messages, seq)?.author.username === username
  const counted = (room: RoomState): RoomState =>
    room.open
      ? recount(
          { ...room, mentioned: on ? room.mentioned.filter((seq) => !isTheirs(room, seq)) : room.mentioned },
          reader,
        )
      : room
  return {
    ...state,
    blocked,
    rooms: Object.fromEntries(Object.entries(state.rooms).map(([id, room]) => [id, counted(room)])),
  }
}
