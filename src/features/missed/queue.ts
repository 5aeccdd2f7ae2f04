import { leads, type Tools } from '../../scope.ts'
import { addKind } from '../mail/compose.ts'
import { queueMail } from '../mail/queue.ts'
import { composeMissed } from './compose.ts'
import { type Due, listDue, moveUntil } from './store.ts'

/** What was missed for so long is worth a mail. */
const waitMs = 4 * 3_600_000
const lookMs = 300_000
const peopleAtOnce = 200
const noId = '00000000-0000-0000-0000-000000000000'
const dayMs = 24 * 3_600_000

/** Queues a mail for those who want it and have missed something for some hours. Returns how to stop it. */
export function startMissed(tools: Tools): () => void {
  if (!tools.policy.mail) return () => {}
  addKind(tools, 'missed', { mostAgeMs: dayMs, compose: composeMissed })
  let stopped = false
  let working = false

  async function look(): Promise<void> {
    if (working || stopped || !leads(tools)) return
    working = true
    try {
      await queueMissed(tools, () => stopped)
    } catch (error) {
      if (!stopped)
        tools.log.warn('mails about what was missed could not be queued; trying again in some minutes', {
          error,
        })
    }
    working = false
  }

  const timer = setInterval(() => void look(), lookMs)
  timer.unref?.()
  void look()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}

/** Everybody who is due, a page at a time. Two nodes may do it at once: each person is moved by one of them. */
export async function queueMissed(tools: Tools, isStopped = () => false): Promise<void> {
  const now = tools.clock()
  const missedBefore = new Date(now.getTime() - waitMs)
  for (let after = noId; !isStopped(); ) {
    const due = await listDue(tools.sql, { now, missedBefore, after, limit: peopleAtOnce })
    for (const each of due) {
      if (isStopped()) return
      await queueFor(tools, each, now)
    }
    if (due.length < peopleAtOnce) return
    after = due.at(-1)!.userId
  }
}

/** The mail and how far it reaches, or neither: nothing is in two mails, and nothing is left out. */
async function queueFor(tools: Tools, due: Due, until: Date): Promise<void> {
  const { userId, since, language } = due
  try {
    await tools.sql.transaction(async (sql) => {
      if (!(await moveUntil(sql, due, until))) return
      const detail = { since: since.toISOString(), until: until.toISOString() }
      const mail = { kind: 'missed', user: userId, once: userId, language: language ?? 'en', detail } as const
      if (!(await queueMail(tools, mail, sql))) throw new QueueIsFull()
    })
  } catch (error) {
    if (!(error instanceof QueueIsFull)) throw error
  }
}

class QueueIsFull extends Error {}
