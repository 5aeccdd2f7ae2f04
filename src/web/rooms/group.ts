import type { RoomState } from '../../sdk/state.ts'
import type { Store } from '../ground/store.ts'
import { say } from '../language/say.ts'
import { othersIn } from '../people/people.ts'

/** The most people of a direct room, the limit of the server. */
const most = 10

/** Whether there is a place for one more, and somebody to talk to. */
export const canStartGroup = (room: RoomState, me: string | undefined): boolean =>
  (room.people?.length ?? most) < most && othersIn(room, me).length > 0

export const startGroupText = ({ people, title }: RoomState): string =>
  people?.length === 2 ? say('direct.newGroupOne', { name: title }) : say('direct.newGroupWith')

/** Nobody can be added to a direct room: this asks whom to start another with. */
export function startGroup(store: Store, { id }: RoomState): void {
  store.rooms.sheet.value = { create: 'directs', from: id }
}
