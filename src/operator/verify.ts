import { refusalOf } from '../features/attachments/depot.ts'
import { type FileFinding, verifyFiles } from '../features/files/verify.ts'
import { reviewAnchor } from '../features/log/anchor.ts'
import { acceptFindings, keepVerified, placesOf } from '../features/log/findings.ts'
import { type Finding, listMarksBeyond, verifyDerived, verifyLogs } from '../features/messages/verify.ts'
import type { Tools } from '../scope.ts'
import { type Leftover, listLeftovers } from '../storage/leftovers.ts'
import { columns } from './columns.ts'

import type { Caller, Outcome } from './operation.ts'
import { plural } from './plural.ts'

const mostListed = 1000

type Anchored = 'older' | 'cut' | 'key' | 'anchor'

type Problem = {
  /** Empty where it is about all rooms. */
  room: string
  seq: number
  what: Finding['what'] | FileFinding['what'] | Anchored | 'mark_beyond_end' | 'leftover'
  /** When a start of the server, or reading, noticed it; absent for what is found now. */
  noticed_at?: string
  leftover?: Leftover
  /** The id of a file, or a name in the place of the files. */
  file?: string
}

export type Verified = {
  ok: boolean
  entries: number
  found: number
  /** The first 1,000. */
  problems: Problem[]
  /** Whether there was an anchor to compare the ends of the logs with. */
  anchored: boolean
  /** Why the files could not be compared; absent if they were. */
  files_unread?: string
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
  anchor: 'somebody changed the anchor in DATA_DIR',
  leftover: 'rows of deleted rooms or accounts are left',
  file_missing: 'a file is not where it should be',
  file_damaged: 'a file is not what was stored',
  file_leftover: 'a file belongs to nothing',
}

function lineOf({ room, seq, what, noticed_at, leftover, file }: Problem): string {
  const where = leftover ? leftover.table : room || (file === undefined ? 'all rooms' : 'no room')
  const when = noticed_at ? ` (noticed at ${noticed_at})` : ''
  const which = file === undefined ? '' : `: ${file}`
  return columns([where, String(leftover ? leftover.rows : seq), `${sentences[what]}${which}${when}`])
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
    await verifyDerived(sql, { signal, found: add })
    for (const mark of await listMarksBeyond(sql)) add({ ...mark, what: 'mark_beyond_end' })
    for (const leftover of await listLeftovers(sql)) add({ room: '', seq: 0, what: 'leftover', leftover })
  })
  const unread = await compareFiles(tools, { report, signal }, add)
  const ms = Math.round(performance.now() - began)
  await keepVerified(tools, { at: tools.clock().toISOString(), events: entries, found, problems })
  const placeOf = await placesOf(tools.sql, noticed)
  for (const each of noticed) {
    const { what, seq } = each
    const room = placeOf(each)?.id ?? each.room
    const isFoundNow = problems.some((now) => now.what === what && now.room === room && now.seq === seq)
    if (!isFoundNow) add({ room, seq, what, noticed_at: each.at })
  }
  const data: Verified = {
    ...{ ok: found === 0 && unread === undefined, entries, found, problems, anchored },
    ...(unread === undefined ? {} : { files_unread: unread }),
    ms,
  }
  const summary = `${plural(entries, 'event')} checked in ${(ms / 1000).toFixed(1)} s: ${found === 0 ? 'all is as it was written' : plural(found, 'problem')}`
  const unanchored =
    'DATA_DIR has no anchor of this database: whether an end was cut, or the whole database is an older one, cannot be said'
  const lines = [
    ...problems.map(lineOf),
    ...(anchored ? [] : [unanchored]),
    ...(unread === undefined ? [] : [`the files could not be compared: ${unread}`]),
  ]
  return { lines: [...lines, summary], data }
}

/** Why they could not be compared; what was found in the database is said all the same. */
async function compareFiles(
  tools: Tools,
  { report, signal }: Pick<Caller, 'report' | 'signal'>,
  found: (problem: FileFinding) => void,
): Promise<string | undefined> {
  let done = 0
  try {
    await verifyFiles(tools, tools.sql, {
      signal,
      found,
      read(bytes) {
        done += bytes
        report({ what: 'bytes of files checked:', done })
      },
    })
    return undefined
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    tools.log.error('the files could not be compared', { error })
    return refusal.message
  }
}

/** The operator knows of the older database that was noticed, or put it there. */
export async function acceptOlder(tools: Tools): Promise<Outcome> {
  const accepted = await acceptFindings(tools)
  return { lines: [`${plural(accepted, 'noticed problem')} accepted`], data: { accepted } }
}
