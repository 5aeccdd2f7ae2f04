import { createBounded } from '../../bounded.ts'
import type { QuietHours } from '../../protocol/quiet-hours.ts'
import { perServer, type Tools } from '../../scope.ts'
import { clockIn, isQuiet } from '../../text/quiet-hours.ts'

/** Making one takes longer than the rest of a push. There are some 400 zones, and their aliases. */
const clocks = perServer(() => createBounded<string, (at: Date) => string>(600))

/** In JavaScript, because a zone that the database does not know would break the statement for everybody. */
export function isQuietNow(tools: Tools, hours: QuietHours | null): boolean {
  if (!hours) return false
  const known = clocks(tools)
  const clock = known.get(hours.time_zone) ?? clockIn(hours.time_zone)
  known.set(hours.time_zone, clock)
  return isQuiet(hours, clock(tools.clock()))
}
