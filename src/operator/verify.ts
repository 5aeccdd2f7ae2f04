import { acceptNoticed, reviewAnchor } from '../features/log/anchor.ts'
import { type Finding, listMarksBeyond, verifyLogs, verifyReactions } from '../features/messages/verify.ts'
import type { Tools } from '../scope.ts'
import { type Leftover, listLeftovers } from '../storage/leftovers.ts'
import { columns } from './columns.ts'

import type { Caller, Outcome } from './operation.ts'
import { plural } from './plural.ts'

const mostListed = 1000

type Anchored = 'older' | 'cut' | 'key'

type Problem = {
  /** Empty where it is about all rooms. */
  room: string
  seq: number
  what: Finding['what'] | Anchored | 'mark_beyond_end' | 'leftover'
  /** When a start of the server noticed it; absent for what is found now. */
  noticed_at?: string
  leftover?: Leftover
}

export type Verified = {
  ok: boolean
  entries: number
  found: number
  /** The first 1,000. */
  problems: Problem[]
  /** Whether there was an anchor to compare the ends of the logs with. */
  anchored: boolean
  ms: number
}

const sentences: Record<Problem['what'], string> = {
  hole: 'entries are missing before this one',
  changed: 'the entry is not what was written',
  unreadable: 'the text does not decrypt',
  standing: 'the message was edited, deleted or pinned differently from what its row says',
  unlinked: 'the entry has lost its link',
  reactions: 'the reactions are not those that the log has',
  mark_beyond_end: 'a read mark points behind the end of the log',
  cut: 'the log ended before this entry, which was there',
  older: 'the database is older than it was',
  key: 'the key of the links was removed: what was changed before that cannot be found',
  leftover: 'rows of deleted rooms or accounts are left',
}

function lineOf({ room, seq, what, noticed_at, leftover }: Problem): string {
  const where = leftover ? leftover.table : room || 'all rooms'
  const when = noticed_at ? ` (noticed at the start of ${noticed_at})` : ''
  return columns([where, String(leftover ? leftover.rows : seq), `${sentences[what]}${when}`])
}

/** Compares everything in the logs with their links and seals, their ends with the anchor, and what is derived with the logs. */
export async function verifyCommunity(
  tools: Tools,
  _params: object,
  { report, signal }: Caller,
): Promise<Outcome> {
  const began = performance.now()
  const problems: Problem[] = []
  let entries = 0
  let total = 0
  let startedAt = began
  let found = 0
  const add = (problem: Problem) => {
    found++
    if (problems.length < mostListed) problems.push(problem)
  }
  const { anchored, losses, noticed } = await reviewAnchor(tools)
  for (const { what, room, seq } of losses) add({ room, seq, what })
  for (const { at, ...each } of noticed) add({ ...each, noticed_at: at })
  await tools.sql.withoutTimeLimits(async (sql) => {
    await verifyLogs(tools, sql, {
      signal,
      found: add,
      begin(count) {
        total = count
        startedAt = performance.now()
      },
      read(rows) {
        entries += rows
        const secondsLeft =
          ((performance.now() - startedAt) / 1000 / Math.max(1, entries)) * Math.max(0, total - entries)
        report({ what: 'entries checked:', done: entries, total: Math.max(total, entries), secondsLeft })
      },
    })
    report({ what: 'reactions, read marks and leftovers, of entries:', done: entries })
    await verifyReactions(sql, { signal, found: add })
    for (const mark of await listMarksBeyond(sql)) add({ ...mark, what: 'mark_beyond_end' })
    for (const leftover of await listLeftovers(sql)) add({ room: '', seq: 0, what: 'leftover', leftover })
  })
  const ms = Math.round(performance.now() - began)
  const data: Verified = { ok: found === 0, entries, found, problems, anchored, ms }
  const summary = `${plural(entries, 'event')} checked in ${(ms / 1000).toFixed(1)} s: ${found === 0 ? 'all is as it was written' : plural(found, 'problem')}`
  const unanchored =
    'DATA_DIR has no anchor of this database: whether an end was cut, or the whole database is an older one, cannot be said'
  return { lines: [...problems.map(lineOf), ...(anchored ? [] : [unanchored]), summary], data }
}

/** The operator knows of the older database that was noticed, or put it there. */
export async function acceptOlder(tools: Tools): Promise<Outcome> {
  const accepted = await acceptNoticed(tools)
  return { lines: [`${plural(accepted, 'noticed problem')} accepted`], data: { accepted } }
}
