import type { RoomState } from '../../sdk/state.ts'

type Level = RoomState['notify']

/** What a room notifies you about at this moment. */
export const levelOf = (
  { notify, muted_until: until }: Pick<RoomState, 'notify' | 'muted_until'>,
  nowMs = Date.now(),
): Level => (until !== undefined && Date.parse(until) > nowMs ? 'nothing' : notify)

/** When the next of these mutes ends; undefined if none does. */
export function nextEndOfMute(rooms: readonly Pick<RoomState, 'muted_until'>[], nowMs = Date.now()) {
  const ends = rooms.flatMap(({ muted_until: until }) => (until === undefined ? [] : Date.parse(until)))
  const ahead = ends.filter((end) => end > nowMs)
  return ahead.length === 0 ? undefined : Math.min(...ahead)
}
