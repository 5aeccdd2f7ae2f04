import { createBounded } from '../../bounded.ts'
import { perServer, type Tools } from '../../scope.ts'
import { type BreakKind, noticed } from './noticed.ts'

const sentences: Record<BreakKind, string> = {
  hole: 'entries of a log are missing: somebody changed the database',
  changed: 'an entry of a log is not what was written: somebody changed the database',
  standing: 'a message is not what its log says: somebody changed the database',
  cut: 'a log ends before an entry that was there: somebody changed the database, or it is an older one',
  key: 'the key of the links was removed: what was changed before cannot be noticed any more',
  older: 'the database is older than it was',
  anchor: 'somebody changed the anchor in DATA_DIR',
}

const mostRemembered = 10_000

const reported = perServer(() => createBounded<string, true>(mostRemembered))

/** Logged, counted and kept for the administrators once for each place: many people read the same pages. */
export function reportBreak(tools: Tools, what: BreakKind, roomKey: number, seq: number): void {
  if (logBreak(tools, what, roomKey, seq)) noticed(tools).add({ what, roomKey, seq })
}

/** The same for who keeps it in another way. Returns whether it is new. */
export function logBreak(tools: Tools, what: BreakKind, room: number, seq: number): boolean {
  const key = `${what} ${room} ${seq}`
  if (reported(tools).get(key)) return false
  reported(tools).set(key, true)
  tools.metrics.logBreaks.add(what)
  tools.log.error(sentences[what], { what, room, seq })
  return true
}
