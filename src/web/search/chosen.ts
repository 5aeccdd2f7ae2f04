import { roomOf, type State } from '../../sdk/state.ts'
import { longDayOf } from '../language/dates.ts'
import { say } from '../language/say.ts'
import { type Asked, startOf } from './asked.ts'

export const titleOf = (state: State, room: string): string => {
  const { title, people } = roomOf(state, room) ?? {}
  return title || people?.join(', ') || room
}

/** The filters in use that have no chip of their own, in words. `here`: the room in view, which has one. */
export function chosenIn(
  state: State,
  here: string | undefined,
  { room, from, after, before }: Asked,
): { field: keyof Asked; words: string }[] {
  const chosen: { field: keyof Asked; words: string }[] = []
  if (room !== undefined && room !== here) chosen.push({ field: 'room', words: titleOf(state, room) })
  if (from !== undefined && from !== 'me') chosen.push({ field: 'from', words: `@${from}` })
  if (after !== undefined)
    chosen.push({ field: 'after', words: say('search.afterDay', { day: longDayOf(startOf(after)) }) })
  if (before !== undefined)
    chosen.push({ field: 'before', words: say('search.beforeDay', { day: longDayOf(startOf(before)) }) })
  return chosen
}
