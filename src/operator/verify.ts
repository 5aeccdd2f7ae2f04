import { type Finding, listMarksBeyond, verifyLogs } from '../features/messages/verify.ts'
import type { Tools } from '../scope.ts'
import type { Caller, Outcome } from './operation.ts'
import { plural } from './plural.ts'

const mostListed = 1000

type Problem = { room: string; seq: number; what: Finding['what'] | 'mark_beyond_end' }

export type Verified = {
  ok: boolean
  entries: number
  found: number
  /** The first 1,000. */
  problems: Problem[]
  ms: number
}

const sentences: Record<Problem['what'], string> = {
  hole: 'entries are missing before this one',
  changed: 'the entry is not what was written',
  unreadable: 'the text does not decrypt',
  standing: 'the message was edited, deleted or pinned differently from what its row says',
  unlinked: 'the entry has lost its link',
  mark_beyond_end: 'a read mark points behind the end of the log',
}

/** Compares everything in the logs with their links and seals. */
export async function verifyCommunity(
  tools: Tools,
  _params: object,
  { report, signal }: Caller,
): Promise<Outcome> {
  const began = performance.now()
  const problems: Problem[] = []
  let entries = 0
  let found = 0
  const add = (problem: Problem) => {
    found++
    if (problems.length < mostListed) problems.push(problem)
  }
  await tools.sql.withoutTimeLimits(async (sql) => {
    await verifyLogs(tools, sql, {
      signal,
      found: add,
      read(rows) {
        entries += rows
        report({ what: 'entries checked:', done: entries })
      },
    })
    for (const mark of await listMarksBeyond(sql)) add({ ...mark, what: 'mark_beyond_end' })
  })
  const ms = Math.round(performance.now() - began)
  const data: Verified = { ok: found === 0, entries, found, problems, ms }
  const lines = problems.map(({ room, seq, what }) => `${room}\t${seq}\t${sentences[what]}`)
  const summary = `${plural(entries, 'event')} checked in ${(ms / 1000).toFixed(1)} s: ${found === 0 ? 'all is as it was written' : plural(found, 'problem')}`
  return { lines: [...lines, summary], data }
}
