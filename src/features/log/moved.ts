import { perServer } from '../../scope.ts'
import type { Tip } from './entry.ts'

/**
 * The rooms, by key, whose log has moved or that were deleted since the anchor was written last. The tips are those of the
 * writer, which it goes on changing: who reads them later, reads where the log is then. `anchored` is what the anchor says of
 * each room, while there is one.
 */
export const movedRooms = perServer(() => ({
  moved: new Map<number, Tip>(),
  deleted: new Set<number>(),
  anchored: undefined as ReadonlyMap<number, string> | undefined,
}))
