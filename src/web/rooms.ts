import type { Room } from '../protocol/rooms.ts'
import { type RoomState, roomOf, type State } from '../sdk/state.ts'

const byTitle = (a: { title: string; id: string }, b: { title: string; id: string }) =>
  a.title.localeCompare(b.title) || a.id.localeCompare(b.id)

export const joinedRooms = (state: State): RoomState[] =>
  Object.values(state.rooms)
    .filter((room) => room.role)
    .sort(byTitle)

/** Rooms one may enter alone, of those the server listed, that are not joined already. */
export const joinableRooms = (state: State, listed: readonly Room[]): Room[] =>
  listed
    .filter((room) => room.access !== 'closed' && room.access !== 'direct' && !roomOf(state, room.id)?.role)
    .sort(byTitle)
