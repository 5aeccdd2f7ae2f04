import type { RoomState, State } from '../../sdk/state.ts'

/** After how many days the messages of a room are deleted: the shorter time of the room and the server. Undefined: never. */
export function keptDays(
  { retention_days: own }: Pick<RoomState, 'retention_days'>,
  { retention_days: most = Number.POSITIVE_INFINITY }: Pick<State, 'retention_days'>,
): number | undefined {
  const days = Math.min(own || Number.POSITIVE_INFINITY, most)
  return days === Number.POSITIVE_INFINITY ? undefined : days
}
