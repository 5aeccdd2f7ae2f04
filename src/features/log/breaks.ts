import { createBounded } from '../../bounded.ts'
import { perServer, type Tools } from '../../scope.ts'

/** What is wrong with a log, as far as reading it can tell. */
type BreakKind =
  /** Entries are missing between two others. */
  | 'hole'
  /** An entry is not what was appended there. */
  | 'changed'
  /** A message was edited, deleted, pinned or none of it, and its row says otherwise. */
  | 'standing'
  /** The log ends before an entry that was there. */
  | 'cut'
  /** The key of the links was removed: every log was linked again. */
  | 'key'
  /** The whole database is older than it was. */
  | 'older'
  /** The anchor, the file next to the database, is not what was written. */
  | 'anchor'

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

/** Logged and counted once for each place: many people read the same pages. */
export function reportBreak(tools: Tools, what: BreakKind, room: number, seq: number): void {
  const key = `${what} ${room} ${seq}`
  if (reported(tools).get(key)) return
  reported(tools).set(key, true)
  tools.metrics.logBreaks.add(what)
  tools.log.error(sentences[what], { what, room, seq })
}
